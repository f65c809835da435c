{
    "meta": {
        "coin": "skycoin",
        "cryptoType": "scrypt-chacha20poly1305",
        "encrypted": "true",
        "filename": "deterministic-scrypt-full.wlt",
        "label": "full cost",
        "lastSeed": "",
        "secrets": "dgB7Im4iOjEwNDg1NzYsInIiOjgsInAiOjEsImtleUxlbiI6MzIsInNhbHQiOiI5RUtBRDNSSmh4MW1MYTJOelJFVXdWSlJrSGQ2YnRhNXNheENpWk8xa1pBPSIsIm5vbmNlIjoiV2xtVVY4NktGcUc1L01QdSJ9ET9hgHpUXmgo7Ioib5Xp7oOnzMZTtcXwJ7jhA5jOTAZCNsh6vMdu+vpqbDB3DyUiZpYT6rFX8ELH31A7ldesUexOdzg1wMog0BgcTSPd+UOjpLYi6qWDqeRkAbmnI8m5V45kpAneJqvJJL0Mnn2ZJqbaTVD6TKGLKWocueQkvWWZBEsITQoPfpsE9XZu27NEk6Ne3rKCheYmJVytbGujaggWorp2DzQL5ow6fNRL9OHT9Fzk3D9AtddAF57iT3zmEFSZIoMcFLULSSCnHsJUL6V76MWtThAXvf/RIsU+aXqQBnTheiWfqd5s5ADaah2+F0aU6eNL612WhDN/Dq84aqOpPmKlJbr2VMhs33HdqISlT3mSCjidm8OAibvDwWwCKpiN8xo8OaLXipFs38ZIuVnk0ygtBcDYQCsorFuUZmz3BldN4yn4BIYrInDiObuaR8HrEkfuho3rewim2FbP4lXtq27Eh+/EJf/1yzR2z5jhv4gvf23O7quLCug63zzU0SaKJ6E8nKqfH6XnYQBWBSTN2ApqsyFJj0UI7PXRo/pkskrh5dxhndwgs23WHMvGLNL7DiqnjbRH/YRUGFTyY1OGg94M+ZPDP3U8G9EEO0Y5GP0k6xEhWBgmmJ22LBz0KHjuyDhXm1x8QWnJHg==",
        "seed": "",
        "tm": "1600000000",
        "type": "deterministic",
        "version": "0.4"
    },
    "entries": [
        {
            "address": "hqNLWxkggKJ8CJa4KQJp9BJ8RzSk65Lhh2",
            "public_key": "03a404a88afdcc431ff23115fa782e880079a9dace4f40d6bffef80b6d62492916",
            "secret_key": ""
        },
        {
            "address": "DmFfe7rn8fRGNfxEq7BnDrjkT3bYRDUiTo",
            "public_key": "0206e99f5f51e967061b0ae947cd80545e2590edbed7e877ec82db9e44c762b4a0",
            "secret_key": ""
        },
        {
            "address": "2bj1MVEKig7yWn2MZLLpEGoLR2ZjKf7qsFL",
            "public_key": "0297f3457ade3f95f6f5956ce3eaf7588406f18165ffb2c9e577a085bf49a9951d",
            "secret_key": ""
        }
    ]
}
