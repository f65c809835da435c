{
    "meta": {
        "bip44Coin": "8000",
        "coin": "skycoin",
        "cryptoType": "scrypt-chacha20poly1305-insecure",
        "encrypted": "true",
        "filename": "bip44-scrypt.wlt",
        "label": "bip44 scrypt",
        "secrets": "dAB7Im4iOjMyNzY4LCJyIjo4LCJwIjoxLCJrZXlMZW4iOjMyLCJzYWx0IjoiMnlwbDhQeEZCRmczYThXdDZMZG5Ob2ZZaTI3RnBVUFJiNjFxN3VGa3pSVT0iLCJub25jZSI6IlpFR1BYMHRyRHFDY3JPc2MifaJW9Lb6hzkneqYdlaehWDUPJFWDQGaLALhHgLH4qyQoZvZ4imKFFe0ORgfV70lQtKl5qTKQQGS7KWdR6RXIBgOQc7mT42e/VxR0wopMPauGUrt6xZ/lX661HYNzrKvwYXOqdGzlb3Mn57tTaQCckwNwrSEK0jZZqt/N5Q7DFbH6//CQ08RlbpPWrUqrFjKT9lKF3/h4cAf/JIa6AbZgHBmZtqUJhGodQuv1PShS6jAUXkIUzxPW0wkOo/VgcGs/yxXDFD1Bb4vSFyI9is2/v80zNbKbnQh/8/BRQsHi1pBAH4oKomSCH9wqlU1QE9K2FJtNCyBsdkElP37L2D4W6ij56mmfmkrApfUTemz9z3F+j/4tavieARyEfd+5UsQ+KMtPi5ylt8ae6sg/0a0lV8XHbLulMBrYjbnMZ5z7/PBda/QWA+D3QNPANzjeVe2NqU2u8bl93Bh5KnNvHqaGQxw0QRZLROTM20TAg68n5tCEBqdN/Tong4G44QX9i3KMJIPiVT2OAqCIV4iXjHG/Vy3+VpBqyGJEb16wGkRCBRwQY7P7IsDgJ1K8XXIrZ+SE2w2yf3GI1fD72G+JdVww2QO7P+D2ZLrM57zjr8viSPvtMR91qEebOUTS5woz1A9Fj5smbCVZbPWt3SCnqI/eJBjJyYkYeq39dGfPRL11s3oBhrCl6t5Sy/8FgcbfqWUNyCZtZv2GcE/6Ge5NoXgMOtDtgkNO9FBMdKwnCUmYJ37+x0eZ3N6SIV8jnme0q5ngJcbNr+Ao",
        "seed": "",
        "seedPassphrase": "",
        "tm": "1600000000",
        "type": "bip44",
        "version": "0.4"
    },
    "accounts": [
        {
            "name": "default",
            "index": 0,
            "coin_type": "skycoin",
            "chains": [
                {
                    "public_key": "xpub6F1qVkjCXn1fGW26sQrRnPXfNeiHsAfoLz9JeFdVKewchtcQfKk7EEF239HMsht2yB8EWxYHVTzL4bJtoBqAiwi1ZyAFhNxpqhj17rkXwen",
                    "chain": "external",
                    "entries": [
                        {
                            "address": "n5SteDkkYdR3VJtMnVYcQ45L16rDDrseG8",
                            "public": "025570afef5ab8379f2b728297a7e579042d1f4cd17142129cea936dc869a01033",
                            "secret": "",
                            "child_number": 0
                        },
                        {
                            "address": "mGeG2PDoU4nc9qE1FSSreAjFeKG12zDvur",
                            "public": "03968defd679e6f5c2af5fb3f07e3fa5e53fdf50e021db6052d237333356503813",
                            "secret": "",
                            "child_number": 1
                        },
                        {
                            "address": "rhbE3thvA747E81KfaYCujur7GKXjdhvS4",
                            "public": "02cd574b2c96b8d85d46d168fbf2bce6cd516e6d6b855904b56997772e189cab25",
                            "secret": "",
                            "child_number": 2
                        },
                        {
                            "address": "BDEmcU8u4oTf9domk19Nzh65MXoWLLUvJN",
                            "public": "02d31f41b529bb595dbc46f52e500a91dff24d9a16e7da0bc087459ec0acd7f2dd",
                            "secret": "",
                            "child_number": 3
                        }
                    ]
                },
                {
                    "public_key": "xpub6F1qVkjCXn1fL8FyLfKMdv4ke3QPeU969Eu55LhXcWgDye4mY92jiVb89TKGASpDNjBgnT3ZBR6d4kb7fBbK8JPfgAWmSaoVnqSPd43akoi",
                    "chain": "change",
                    "entries": [
                        {
                            "address": "6svsJB1nzNxqYQSShczT1iXcm5mLX1ZmtS",
                            "public": "03ecd4cfc042a22c58908ed9c0370fa59ee777b56804fc58d98f5a4d3fbea0e99f",
                            "secret": "",
                            "child_number": 0
                        }
                    ]
                }
            ]
        }
    ]
}
