//! Ids as Coinbase writes them: UUIDs, here with a number inside.

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Order,
    Asset,
    Fill,
    Withdrawal,
    User,
}

fn group(named: Named) -> &'static str {
    match named {
        Named::Order => "0a51de01",
        Named::Asset => "0a51de02",
        Named::Fill => "0a51de03",
        Named::Withdrawal => "0a51de04",
        Named::User => "0a51de05",
    }
}

pub(super) fn write(named: Named, number: u64) -> String {
    format!("{}-51e7-4000-8000-{number:012x}", group(named))
}

pub(super) fn read(named: Named, text: &str) -> Option<u64> {
    let number = text.strip_prefix(group(named))?.strip_prefix("-51e7-4000-8000-")?;
    if number.len() == 12 { u64::from_str_radix(number, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_the_ids_that_it_writes() {
        let id = write(Named::Order, 255);
        assert_eq!(id, "0a51de01-51e7-4000-8000-0000000000ff");
        assert_eq!((read(Named::Order, &id), read(Named::Fill, &id)), (Some(255), None));
    }
}
