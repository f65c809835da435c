//! Spanish.

use super::PageTexts;

pub(super) static TEXTS: PageTexts = PageTexts {
    title: "Comprar Skycoin",
    heading: "Compre Skycoin con {coins}",
    lead: "Obtenga una dirección de depósito propia. Todo lo que envíe a ella, cuando quiera, se le paga en SKY.",
    language: "Idioma",
    play_title: "Modo de prueba: este dinero no es real.",
    play_note: "No envíe monedas reales a ninguna dirección que aparezca aquí. Se perderían.",
    problem_title: "No ha funcionado.",
    skip: "Ir al contenido",

    buy_title: "Obtener una dirección de depósito",
    buy_another: "Comprar con otra moneda",
    payee_label: "Su dirección de Skycoin",
    payee_hint: "adonde deben llegar sus SKY",
    payee_good: "Es una dirección de Skycoin.",
    pay_with: "Pagar con",
    no_price: "sin precio por el momento",
    not_taken: "no se acepta por el momento: {why}",
    counts: "cuenta {when}",
    usual: "normalmente listo en aproximadamente {time} después de verse",
    paused_note: "Los depósitos a direcciones ya entregadas se pagan como siempre en cuanto se ven.",
    get_address: "Obtener dirección",
    binding_off: "Por el momento no se entregan direcciones nuevas. Los depósitos a las ya entregadas se pagan como \
        siempre.",
    stock: "{amount} SKY disponibles",
    sold_out: "Agotado por el momento",
    sold_out_note: "No hay SKY disponibles. Lo que envíe ahora se pagará cuando vuelva a \
        haber; quizá prefiera esperar.",

    calculator: "¿Cuánto recibiré?",
    you_send: "Usted envía",
    you_get: "Usted recibe",
    calculate: "Calcular",
    into_code: "Incluir el importe en el código QR",
    too_little: "Es demasiado poco: el depósito mínimo es {least}.",
    beyond_stock: "Es más de lo disponible ahora ({stock} SKY): se pagaría cuando haya más.",
    no_number: "Escriba una cantidad, por ejemplo 0.25.",
    price_note: "Al precio de este momento. Cada depósito recibe el que es válido cuando se ve por primera vez.",
    price_note_bind: "Al precio de este momento. El que es válido cuando recibe su dirección es suyo durante {time}.",
    price_note_final: "Al precio de este momento. Cada depósito recibe el que es válido cuando tiene todas las \
        confirmaciones.",
    price_note_promised: "Al precio que es suyo hasta {until}. Lo que se ve por primera vez después recibe el \
        que sea válido entonces.",
    price_until: "suyo hasta {until}, para lo que se vea hasta entonces",
    price_not_anew: "Un precio prometido con ella no se promete de nuevo.",
    bought_note: "Con {coins}, los SKY se compran primero en una casa de cambio: recibe lo que se compra con su \
        depósito, menos sus comisiones.",

    find_title: "Ver sus compras",
    find_button: "Mostrar",

    send_title: "Envíe {coin} a esta dirección",
    qr_label: "La dirección de depósito como código QR",
    copy: "Copiar",
    copied: "Copiado",
    open_wallet: "Abrir en un monedero",
    rate_row: "Precio",
    rate_value: "1 {coin} = {rate} SKY",
    rate_later: "Por el momento no hay precio. El depósito recibirá uno en cuanto lo haya.",
    spread_value: "de él, {spread} es para nosotros",
    contract: "contrato",
    counts_row: "Cuándo",
    least_row: "Mínimo",
    fees_row: "Comisiones",
    fees_value: "Ninguna nuestra. La comisión de la red la paga su monedero.",
    goes_to: "Los SKY llegan a",
    only: "Envíe solo {coin}. Otras monedas enviadas aquí se pierden.",
    only_tokens: "Envíe solo {coins}. Otras monedas y tokens enviados aquí se pierden.",
    yours: "Esta dirección es suya para siempre: cuenta cada depósito, hoy y más adelante.",
    keep_link: "Guarde el enlace de esta página. Solo él muestra esta dirección, los importes y las transacciones; \
        no lo comparta.",
    copy_link: "Copiar el enlace",

    deposits_title: "Sus depósitos",
    nothing_yet: "Todavía no ha llegado nada. En cuanto haya algo en camino, aparecerá aquí.",
    more_below: "Los depósitos anteriores no aparecen aquí; están en «Ver sus compras».",
    refreshes: "Esta página se actualiza cada 20 segundos.",
    live: "En vivo: esta página cambia sola.",
    not_live: "Sin conexión en vivo: esta página consulta cada 15 segundos.",
    stage_seen: "Visto",
    stage_confirmed: "Confirmado",
    stage_bought: "Comprado",
    stage_sent: "Enviado",
    stage_done: "Listo",
    confirmations: "{has} de {needs} confirmaciones",
    not_paid: "No se paga",
    transactions: "Transacciones",
    deposit_tx: "Depósito",
    payout_tx: "Pago",
    changed: "actualizado",

    purchases_title: "Sus compras",
    purchases_none: "Todavía no se ha entregado ninguna dirección de depósito para esta dirección de Skycoin.",
    purchases_brief: "Los importes y las transacciones se ven con el enlace que acompañaba a la dirección de depósito.",
    older: "Anteriores",
    refresh: "Actualizar",

    link_unknown_title: "No existe esa compra",
    link_unknown: "Este enlace no lleva a ninguna parte. Compruebe que esté completo o busque sus compras con su \
        dirección de Skycoin.",
    missing_title: "Esta página no existe",
    missing: "La dirección no lleva a ninguna parte. Revísela o empiece por la primera página.",
    too_many_title: "Demasiadas solicitudes",
    too_many: "Usted u otras personas de su red han consultado muchas veces. Inténtelo de nuevo en {time}.",
    address_kept: "Ya tiene esta dirección. Aún no se ha enviado nada a ella; por eso se muestra de nuevo.",
    link_kept: "Su página solo está abierta para quien la pidió primero. Lo que envíe a ella se paga igualmente a su \
        dirección de Skycoin.",

    questions: "Preguntas",
    ask_time: "¿Cuánto tarda?",
    answer_time: "Un depósito se paga en cuanto su red lo confirma. Suele ser cuestión de minutos; si la red está \
        cargada, puede ser una hora.",
    ask_price: "¿Qué precio recibo?",
    answer_price_bind: "El que es válido cuando recibe su dirección, para lo que se ve dentro de {time}. Lo \
        que llega más tarde recibe el que es válido cuando se ve por primera vez. Un depósito que tiene \
        precio lo conserva.",
    answer_price_seen: "El que es válido cuando su depósito se ve por primera vez. Se mantiene para \
        ese depósito, pase lo \
        que pase después.",
    answer_price_final: "El que es válido cuando su depósito tiene todas las confirmaciones. Se \
        mantiene para ese depósito, \
        pase lo que pase después.",
    ask_again: "¿Puedo enviar varias veces?",
    answer_again: "Sí. La dirección de depósito es suya: cada depósito se paga a la misma dirección de Skycoin.",
    ask_little: "¿Y si envío muy poco?",
    answer_little: "El depósito mínimo de cada moneda es {least}. Lo que se envía por debajo no se paga.",
    support: "¿Otra pregunta?",

    play_panel: "Haga de la otra parte",
    play_panel_note: "En el modo de prueba usted también es la red. Haga que ocurra lo que quiera ver.",
    play_deposit: "Depositar",
    play_confirm: "Confirmar",
    play_fork: "Bifurcación: retirar el último depósito",
    play_shortage: "Vaciar el monedero de la casa",
    play_refill: "Llenar el monedero de la casa",
};
