//! How long something takes, as people say it.

use std::time::Duration;

use crate::types::Language;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Returns a length of time in words, in the one unit that fits it: "about 12 minutes".
pub fn about(length: Duration, language: Language) -> String {
    let seconds = length.as_secs();
    // Half a unit more is the next one.
    let of = |unit: u64| seconds.saturating_add(unit / 2).checked_div(unit).unwrap_or(0).max(1);
    let (n, unit) = match seconds {
        0..MINUTE => (1, Unit::Minute),
        MINUTE..5400 => (of(MINUTE), Unit::Minute),
        5400..129_600 => (of(HOUR), Unit::Hour),
        _ => (of(DAY), Unit::Day),
    };
    match language {
        Language::English => english(n, unit),
        Language::Chinese => chinese(n, unit),
        Language::Russian => russian(n, unit),
        Language::Spanish => spanish(n, unit),
    }
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Minute,
    Hour,
    Day,
}

fn english(n: u64, unit: Unit) -> String {
    let name = match unit {
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
    };
    format!("about {n} {name}{}", if n == 1 { "" } else { "s" })
}

fn chinese(n: u64, unit: Unit) -> String {
    let name = match unit {
        Unit::Minute => "分钟",
        Unit::Hour => "小时",
        Unit::Day => "天",
    };
    format!("约 {n} {name}")
}

/// As it stands after «через».
fn russian(n: u64, unit: Unit) -> String {
    let [one, few, many] = match unit {
        Unit::Minute => ["минуту", "минуты", "минут"],
        Unit::Hour => ["час", "часа", "часов"],
        Unit::Day => ["день", "дня", "дней"],
    };
    let name = match (n % 10, n % 100) {
        (1, tens) if tens != 11 => one,
        (2..=4, tens) if !(12..=14).contains(&tens) => few,
        _ => many,
    };
    format!("примерно {n} {name}")
}

fn spanish(n: u64, unit: Unit) -> String {
    let (article, name) = match unit {
        Unit::Minute => ("unos", "minuto"),
        Unit::Hour => ("unas", "hora"),
        Unit::Day => ("unos", "día"),
    };
    if n == 1 { format!("1 {name}") } else { format!("{article} {n} {name}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_say_lengths_of_time_in_the_unit_that_fits() {
        let words = |seconds, language| about(Duration::from_secs(seconds), language);
        for (seconds, english) in [
            (3, "about 1 minute"),
            (89, "about 1 minute"),
            (90, "about 2 minutes"),
            (3600, "about 60 minutes"),
            (5400, "about 2 hours"),
            (200_000, "about 2 days"),
        ] {
            assert_eq!(words(seconds, Language::English), english, "{seconds}");
        }
        assert_eq!(words(1260, Language::Russian), "примерно 21 минуту");
        assert_eq!(words(180, Language::Russian), "примерно 3 минуты");
        assert_eq!(words(660, Language::Russian), "примерно 11 минут");
        assert_eq!(words(7200, Language::Spanish), "unas 2 horas");
        assert_eq!(words(720, Language::Chinese), "约 12 分钟");
    }
}
