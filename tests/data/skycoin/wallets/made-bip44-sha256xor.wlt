{
    "meta": {
        "bip44Coin": "8000",
        "coin": "skycoin",
        "cryptoType": "sha256-xor",
        "encrypted": "true",
        "filename": "bip44-sha256xor.wlt",
        "label": "bip44 sha256xor",
        "secrets": "OwaBgFDPWBH+IsCELcay2Wj/uabAKgvaSz728UeEnDPUgmxvPRlQOZyoGjlINkyvoQ5oPq35Tu9nOirTcnNDshtW/L6skPZ/rQcs+nnFklWrHyLHlaVxFemwRK9GAnfWIm/vI8IgFuvXZGoPLIXbzRg3vatsBsEYiOQV0iBNw64fF+PMBrWlP2mQYmR5BZhIv+6QhHWBgGGn5p1HMmvFaVWzOYz9dEJt/W7+iKmJ6mmIG2gGV8YikT8w0B7cQia3/OOU/Hk9f9b45UGNvAaV5A8wmPxPyiRhf3wowx6edvsGntkBFU5uds01mmrAqCWnbMqH3rJLfnGv+Bv9eddnwKwhrdxyVumvAY9seV49z/J4q7+wbzhldUg8mG6W95OE85wfK5SvAAz8j2iKEbVic5xv6FxzWTrontVUkyKliteVKzsdB5IibiZftQSErfaqau6EObWgMwTgdnxQ2/lGd3BEgDDcQ03kikPbbBPPX8L+c455EOqLdqguQkHL9qFzlpAmFagYrffFHymq7fpFMsReT3JXn0aubG74JY7y1wIGRKdPuquOms+WZHUvpgtY9Wu8uwjKIsXId8X0mJ494NBjeOAc0/BAn89TjVaIljDUFFrS59VIjS6k4ioOS2xc9VZvc2Q4rZWyBxvUHUcCBLi2UzeG5qMBo0VQgl4Q2UAHBwLgy+g9gpgGi9X/iUDKvzMeW0ShWKuHmaj4rpfu/WlRCFy+83h8f0B5J3WRJNTwJtomDZpZR5sZL5/CI4NkFExxWOaHkujHMexUv+IlwEyUkAckMwcg+89SCybh/nN5BBBvx4dBK5NUrczN3nq1jwd8kLpPO32oYQNfTRPnHv5Cex3aCLlu4g0T24GBrbTdmZiS3PXdsl6kwNin1T69",
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
