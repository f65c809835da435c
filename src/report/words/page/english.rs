//! English.

use super::PageTexts;

pub(super) static TEXTS: PageTexts = PageTexts {
    title: "Buy Skycoin",
    heading: "Buy Skycoin with {coins}",
    lead: "Get a deposit address of your own. Whatever you send to it, whenever you send it, is paid out in SKY.",
    language: "Language",
    play_title: "Dummy mode: this is play money.",
    play_note: "Send no real coins to any address that is shown here. They would be lost.",
    problem_title: "That did not work.",
    skip: "Skip to the content",

    buy_title: "Get a deposit address",
    buy_another: "Buy with another coin",
    payee_label: "Your Skycoin address",
    payee_hint: "where your SKY should go",
    payee_good: "This is a Skycoin address.",
    pay_with: "Pay with",
    no_price: "no price at the moment",
    not_taken: "not taken at the moment: {why}",
    counts: "counts {when}",
    usual: "usually done about {time} after it is seen",
    paused_note: "Deposits to addresses given out before are paid as always, once they are seen.",
    get_address: "Get address",
    binding_off: "No new addresses are given out at the moment. Deposits to the ones given out before are paid as \
        always.",
    stock: "{amount} SKY in stock",
    sold_out: "Sold out at the moment",
    sold_out_note: "There are no SKY in stock. What you send now is paid out once there are again; you may prefer to \
        wait.",

    calculator: "What will I get?",
    you_send: "You send",
    you_get: "You get",
    calculate: "Calculate",
    into_code: "Put the amount into the QR code",
    too_little: "That is too little: the smallest deposit is {least}.",
    beyond_stock: "That is more than is in stock at the moment ({stock} SKY): it would be paid out once there is more.",
    no_number: "Please enter an amount such as 0.25.",
    price_note: "At the price of this moment. A deposit gets the one that is valid when it is first seen.",
    price_note_bind: "At the price of this moment. The one that is valid when you get your address is yours for \
        {time}.",
    price_note_final: "At the price of this moment. A deposit gets the one that is valid when it has all \
        confirmations.",
    price_note_promised: "At the price that is yours until {until}. What is first seen later gets the one that \
        is valid then.",
    price_until: "yours until {until}, for what is seen by then",
    price_not_anew: "A price that was promised with it is not promised again.",
    bought_note: "For {coins}, SKY are bought at an exchange first: you get what is bought for your deposit, \
        less the exchange’s fees.",

    find_title: "See your purchases",
    find_button: "Show",

    send_title: "Send {coin} to this address",
    qr_label: "The deposit address as a QR code",
    copy: "Copy",
    copied: "Copied",
    open_wallet: "Open in a wallet",
    rate_row: "Price",
    rate_value: "1 {coin} = {rate} SKY",
    rate_later: "There is no price at the moment. A deposit gets one as soon as there is.",
    spread_value: "{spread} of it stay with us",
    contract: "contract",
    counts_row: "When",
    least_row: "At least",
    fees_row: "Fees",
    fees_value: "None from us. Your wallet pays its network's fee on top.",
    goes_to: "SKY goes to",
    only: "Send {coin} only. Other coins sent here are lost.",
    only_tokens: "Send {coins} only. Other coins and tokens sent here are lost.",
    yours: "This address stays yours: every deposit to it counts, today and later.",
    keep_link: "Keep the link of this page. It alone shows this address, amounts and transactions; do not give it \
        to others.",
    copy_link: "Copy the link",

    deposits_title: "Your deposits",
    nothing_yet: "Nothing has arrived yet. As soon as something is on its way, it is shown here.",
    more_below: "Older deposits are not shown here; they stand under “See your purchases”.",
    refreshes: "This page looks again every 20 seconds.",
    live: "Live: this page changes by itself.",
    not_live: "Not live at the moment: this page looks again every 15 seconds.",
    stage_seen: "Seen",
    stage_confirmed: "Confirmed",
    stage_bought: "Bought",
    stage_sent: "Sent",
    stage_done: "Done",
    confirmations: "{has} of {needs} confirmations",
    not_paid: "Not paid",
    transactions: "Transactions",
    deposit_tx: "Deposit",
    payout_tx: "Payout",
    changed: "changed",

    purchases_title: "Your purchases",
    purchases_none: "No deposit address has been given out for this Skycoin address yet.",
    purchases_brief: "Amounts and transactions are shown by the link that came with the deposit address.",
    older: "Older ones",
    refresh: "Refresh",

    link_unknown_title: "There is no such purchase",
    link_unknown: "This link leads nowhere. Please check that it is whole, or ask for your purchases by your Skycoin \
        address.",
    missing_title: "There is no such page",
    missing: "The address leads nowhere. Please check it, or begin on the first page.",
    too_many_title: "Too many requests",
    too_many: "You, or others on your network, have asked very often. Please try again in {time}.",
    address_kept: "You have this address already. Nothing has been sent to it yet, so it is shown again.",
    link_kept: "Its own page is open only to whoever asked for it first. What you send to it is paid out to your \
        Skycoin address all the same.",

    questions: "Questions",
    ask_time: "How long does it take?",
    answer_time: "A deposit is paid out as soon as its network has confirmed it. That is mostly a matter of minutes; \
        when a network is busy it can be an hour.",
    ask_price: "Which price do I get?",
    answer_price_bind: "The one that is valid when you get your address, for what is seen within {time}. What comes \
        later gets the one that is valid when it is first seen. Once your deposit has a price, it keeps it.",
    answer_price_seen: "The one that is valid when your deposit is first seen. It is kept for that deposit, whatever \
        happens to the price later.",
    answer_price_final: "The one that is valid when your deposit has all confirmations. It is kept for that deposit, \
        whatever happens to the price later.",
    ask_again: "May I send several times?",
    answer_again: "Yes. Your deposit address stays yours: every deposit to it is paid out to the same Skycoin address.",
    ask_little: "What if I send very little?",
    answer_little: "The smallest deposit for each coin is {least}. What is sent below that is not paid out.",
    support: "Any other question?",

    play_panel: "Play the other side",
    play_panel_note: "In dummy mode you are the network, too. Make happen what you want to see.",
    play_deposit: "Deposit",
    play_confirm: "Confirm it",
    play_fork: "Fork: take the last deposit back",
    play_shortage: "Empty the desk’s wallet",
    play_refill: "Fill the desk’s wallet",
};
