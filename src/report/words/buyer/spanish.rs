//! Spanish; whoever reads it is spoken to as "usted".

use super::pause::BuyerPause;
use super::purchase::{Awaited, BuyerWords, Confirmations, DepositWait, Label, LeftPayout, Since};
use super::refusal::{BadPayee, Refusal};
use super::span::{Span, Unit};
use super::tongue::Tongue;
use crate::live::{BooksDoubt, NodeTrouble, Pause};
use crate::skycoin::AddressError;

#[derive(Debug)]
pub(super) struct Spanish;

impl Tongue for Spanish {
    fn purchase(&self, words: BuyerWords) -> String {
        let text = match words {
            BuyerWords::NoDeposit { coin } => return format!("a la espera de un depósito de {coin}"),
            BuyerWords::Seen { coin, payments: 1 } => {
                return format!("se ha visto un pago de {coin}, a la espera de que entre en un bloque");
            }
            BuyerWords::Seen { coin: _, payments } => {
                return format!("se han visto {payments} pagos, a la espera de que entren en un bloque");
            }
            BuyerWords::SeenGone { coin } => {
                return format!(
                    "un pago que se había visto ha desaparecido: fue reemplazado o descartado; a la espera \
                     de un depósito de {coin}"
                );
            }
            BuyerWords::Left { payout, since: None } => left(payout),
            BuyerWords::Left { payout, since: Some(then) } => {
                return format!("{}; {}", left(payout), since(then));
            }
            BuyerWords::TooSmall => "el depósito es demasiado pequeño para pagarlo",
            BuyerWords::Kept => {
                "es muy poco para pagarlo por separado: se guarda para usted \
                 y llega con su próximo depósito de esta moneda"
            }
            BuyerWords::RuledVoid => "el operador ha decidido que no se pague nada por este depósito",
            BuyerWords::Withdrawing => "el operador está retirando el pago",
            BuyerWords::TakenBack { is_signed: true } => return format!("aún no se ha pagado: {TAKEN_BACK}"),
            BuyerWords::TakenBack { is_signed: false } => return format!("no se ha pagado: {TAKEN_BACK}"),
            BuyerWords::Confirming(how_far) => return confirming(how_far),
            BuyerWords::Replaced => {
                "a la espera de que el depósito vuelva a entrar en un bloque: se reemplazó el bloque en el \
                 que estaba"
            }
            BuyerWords::Waiting(what) => awaited(what),
        };
        text.to_owned()
    }

    fn pause(&self, pause: BuyerPause) -> String {
        let text = match pause {
            BuyerPause::Wallet => "antes, el operador tiene que revisar el monedero en línea",
            BuyerPause::Pause(Pause::Node(trouble)) => return node(trouble),
            BuyerPause::Pause(Pause::Stuck { age }) => {
                return format!("el bloque más reciente de su nodo se creó hace {}", self.span(age.into()));
            }
            BuyerPause::Pause(Pause::Unread { blocks: None }) => "su cadena está aún por leer",
            BuyerPause::Pause(Pause::Unread { blocks: Some(1) }) => "falta por leer un bloque de su cadena",
            BuyerPause::Pause(Pause::Unread { blocks: Some(blocks) }) => return catching_up(blocks),
            BuyerPause::Pause(Pause::Books(BooksDoubt::ForeignSpend)) => {
                "alguien ajeno a este servicio ha gastado del monedero en línea, y el operador tiene que \
                 revisarlo"
            }
            BuyerPause::Pause(Pause::Books(BooksDoubt::Looking)) => {
                "el servicio aún se asegura de que conoce todos los pagos de su monedero en línea"
            }
            BuyerPause::Pause(Pause::SwitchedOff) => "el operador la ha desactivado por ahora",
            BuyerPause::Pause(Pause::NotVetted) => {
                "su nodo aún no ha indicado si las próximas direcciones recibieron monedas antes"
            }
        };
        text.to_owned()
    }

    fn refusal(&self, refusal: Refusal) -> String {
        let text = match refusal {
            Refusal::MissingPayee => "Introduzca su dirección de Skycoin, por favor.",
            Refusal::MissingCoin | Refusal::UnknownCoin => "Elija con qué desea pagar, por favor.",
            Refusal::CoinOff(coin) => {
                return format!("Aquí no se acepta {coin}. Elija otra moneda, por favor.");
            }
            Refusal::BadPayee(why) => return bad_payee(why),
            Refusal::Shadow => {
                "Este servicio solo observa a otro, que es quien entrega las direcciones: pídala allí."
            }
            Refusal::BindingOff => {
                "Por el momento no se entregan direcciones nuevas. Las entregadas antes siguen siendo \
                 válidas."
            }
            Refusal::OurAddress => {
                "Esta es una dirección de este servicio. Introduzca una dirección de su propio monedero, \
                 por favor."
            }
            Refusal::Paused(coin, why) => {
                let why = self.pause(why);
                return format!(
                    "Por el momento no se puede entregar ninguna dirección para {coin}: {why}. Elija otra \
                     moneda o vuelva más tarde, por favor. Las entregadas antes siguen siendo válidas."
                );
            }
            Refusal::LimitReached => {
                "Esta dirección de Skycoin ya tiene todas las direcciones de depósito que puede tener. Use \
                 una de ellas, por favor: cada una sirve tantas veces como quiera."
            }
            Refusal::PoolEmpty(coin) => {
                return format!(
                    "Por el momento no quedan direcciones de depósito para {coin}. Elija otra moneda o \
                     vuelva más tarde, por favor."
                );
            }
            Refusal::BudgetSpent(_) => {
                "Por el momento no se entregan más direcciones de depósito. Las que ya tiene siguen \
                 funcionando. Inténtelo más tarde, por favor."
            }
            Refusal::ForeignForm => {
                "El formulario procede de la página de otro sitio. Rellene el que aparece abajo, por favor."
            }
            Refusal::BadPage => "Esas compras no están aquí. Pida abajo las más recientes, por favor.",
            Refusal::Overloaded => {
                "Hay demasiadas solicitudes a la vez. Inténtelo de nuevo en un momento, por favor."
            }
            Refusal::Webhook(_) | Refusal::Internal => {
                "Algo ha fallado por nuestra parte. Inténtelo más tarde, por favor."
            }
        };
        text.to_owned()
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Waiting => "En espera",
            Label::Received => "Recibido",
            Label::Buying => "Comprando",
            Label::ToBeSent => "Por enviar",
            Label::Sent => "Enviado",
            Label::Done => "Completado",
            Label::Checked => "En revisión",
            Label::NotPaid => "No pagado",
        }
    }

    fn wait(&self, wait: DepositWait) -> String {
        match wait.confirmations {
            0 => "en cuanto esté en un bloque".to_owned(),
            1 => "tras 1 confirmación".to_owned(),
            more => format!("tras {more} confirmaciones"),
        }
    }

    fn span(&self, span: Span) -> String {
        let count = span.count;
        let unit = match span.unit {
            Unit::Seconds => form(count, "segundo", "segundos"),
            Unit::Minutes => form(count, "minuto", "minutos"),
            Unit::Hours => form(count, "hora", "horas"),
            Unit::Days => form(count, "día", "días"),
        };
        format!("{count} {unit}")
    }

    fn between(&self) -> [&'static str; 2] {
        [", ", " o "]
    }

    fn full_stop(&self) -> char {
        '.'
    }
}

const TAKEN_BACK: &str = "se reemplazó el bloque del depósito, y el operador tiene que revisarlo";
const REFUSED: &str = "a la espera del nodo de Skycoin, que rechaza el pago; el operador tiene que revisarlo";

fn left(payout: LeftPayout) -> &'static str {
    match payout {
        LeftPayout::Paid => "pagado",
        LeftPayout::Refused => REFUSED,
        LeftPayout::Confirming => "a la espera de que se confirme el pago",
    }
}

fn since(since: Since) -> String {
    match since {
        Since::Confirming(how_far) => confirming(how_far),
        Since::Known => "se reemplazó el bloque del depósito, y el operador ya lo sabe".to_owned(),
        Since::TakenBack => TAKEN_BACK.to_owned(),
    }
}

fn confirming(how_far: Option<Confirmations>) -> String {
    match how_far {
        Some(Confirmations { has, needs }) => {
            format!("a la espera de confirmaciones del depósito: {has} de {needs}")
        }
        None => "a la espera de confirmaciones del depósito".to_owned(),
    }
}

fn awaited(what: Awaited) -> &'static str {
    match what {
        Awaited::NodeRefusing => REFUSED,
        Awaited::SendingOn => "a la espera del operador, que ha desactivado los envíos por ahora",
        Awaited::NewPayout => "a la espera de que se rehaga el pago: se está retirando su transacción",
        Awaited::OtherPayout => {
            "a la espera del operador, que tiene que revisar otro pago de la misma transacción"
        }
        Awaited::Checked => {
            "a la espera del operador, que tiene que revisar algo antes de que sigan los pagos"
        }
        Awaited::SecondNode => "a la espera de que un segundo nodo confirme el bloque del depósito",
        Awaited::Network => "a la espera de que la red de Skycoin acepte el pago",
        Awaited::Sending => "a la espera de enviarse",
        Awaited::Processing => "a la espera de procesarse",
        Awaited::Coins => "a la espera de que se recargue el monedero del servicio",
        Awaited::CoinHours => "a la espera de que el monedero del servicio tenga horas de moneda",
        Awaited::Precision => "a la espera del operador: la red no admite una cantidad tan pequeña",
        Awaited::FinalAgain => "a la espera de que el depósito vuelva a ser definitivo",
        Awaited::Price => {
            "a la espera de un precio: por ahora el servicio no tiene ninguno que pueda prometer"
        }
        Awaited::Payable => "a la espera del operador: vale más de lo que se puede pagar",
        Awaited::Inherited => {
            "a la espera del operador, que debe ver si se pagó antes de trasladar el servicio"
        }
        Awaited::Resumed => "a la espera del operador, que quiere comprar sus monedas más tarde",
        Awaited::Bought => "se están comprando sus monedas",
        Awaited::Order => "a la espera del operador, que tiene que revisar la orden de compra de sus monedas",
        Awaited::AnyExchange => "a la espera del operador: ahora no se pueden comprar sus monedas",
        Awaited::Exchange => {
            "a la espera de la plataforma de intercambio, donde ahora no se pueden comprar sus monedas"
        }
        Awaited::Buying => {
            "a la espera de que se compren sus monedas, junto con otros depósitos si este es demasiado \
             pequeño"
        }
    }
}

fn node(trouble: NodeTrouble) -> String {
    let text = match trouble {
        NodeTrouble::NotYetReached => "su nodo aún no ha respondido",
        NodeTrouble::Unreachable => "su nodo no responde",
        NodeTrouble::Unauthorized => "su nodo rechaza las credenciales",
        NodeTrouble::Forbidden => "su nodo prohíbe una solicitud necesaria",
        NodeTrouble::RateLimited => "su nodo no admite más solicitudes por ahora",
        NodeTrouble::Starting => "su nodo está arrancando",
        NodeTrouble::Syncing => "su nodo se está poniendo al día con la red",
        NodeTrouble::Behind { tip } => {
            return format!("su nodo ha retrocedido al bloque {tip}");
        }
        NodeTrouble::Shorter { tip } => {
            return format!("su nodo muestra otra cadena, más ligera o más corta, hasta el bloque {tip}");
        }
        NodeTrouble::WrongNetwork => "su nodo es de otra red",
        NodeTrouble::Nonsense => "su nodo da respuestas sin sentido",
        NodeTrouble::Pruned => "su nodo ha eliminado bloques que hacen falta",
        NodeTrouble::ForkedTooDeep { below } => {
            return format!("su nodo sigue otra cadena, separada por debajo del bloque {below}");
        }
    };
    text.to_owned()
}

fn catching_up(blocks: u64) -> String {
    format!("poniéndose al día, faltan {blocks} bloques por leer")
}

fn bad_payee(why: BadPayee) -> String {
    let why = match why {
        BadPayee::Malformed(AddressError::Character) => "carácter base58 no válido",
        BadPayee::Malformed(AddressError::Text) => "texto base58 no válido",
        BadPayee::Malformed(AddressError::Length) => "longitud de dirección no válida",
        BadPayee::Malformed(AddressError::Version) => "versión no válida",
        BadPayee::Malformed(AddressError::Checksum) => "suma de comprobación no válida",
        BadPayee::Null => "es la dirección nula; lo que se envía allí se pierde",
    };
    format!(
        "Esa no es una dirección de Skycoin ({why}). Cópiela otra vez de su monedero, por favor, desde el \
         primer carácter hasta el último."
    )
}

fn form<'a>(count: u64, one: &'a str, more: &'a str) -> &'a str {
    if count == 1 { one } else { more }
}
