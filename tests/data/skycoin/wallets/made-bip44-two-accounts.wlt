{
    "meta": {
        "bip44Coin": "8000",
        "coin": "skycoin",
        "cryptoType": "scrypt-chacha20poly1305",
        "encrypted": "false",
        "filename": "bip44-accounts.wlt",
        "label": "two accounts",
        "seed": "voyage say extend find sheriff surge priority merit ignore maple cash argue",
        "seedPassphrase": "",
        "tm": "1600000000",
        "type": "bip44",
        "version": "0.4"
    },
    "accounts": [
        {
            "private_key": "xprv9xwJPSMPW4iYifqYAhQRGtyAfXfedozHus5k3QjZ2K9wkpSqLJ21zPTJAPSaUQKcoBfDuP5gKR2PHu2euAexyPCFEmJEA3Xkbe3jWqeNd5k",
            "name": "default",
            "index": 0,
            "coin_type": "skycoin",
            "chains": [
                {
                    "public_key": "xpub6Eq939jUqtPGMJhu2LJS33fF48ZiLNsNNHbZsCBBLoif5MZyNmd7vcjuCUeEWZVCt9VnYEBKqNoRCGKec6jigDfPBTvDxyjBUU2C5XjxkgC",
                    "chain": "external",
                    "entries": [
                        {
                            "address": "9BSEAEE3XGtQ2X43BCT2XCYgheGLQQigEG",
                            "public": "02074cad04ddc61c355a2b0faf3099fb6261731eaa5d12fb5ce36cff5829583848",
                            "secret": "8e6d170ac29f26b3824428dcbd9849070739a02e6ec4d646a52fd9d48ddae67e",
                            "child_number": 0
                        },
                        {
                            "address": "29cnQPHuWHCRF26LEAb2gR83ywnF3F9HduW",
                            "public": "03055c0e3af16ca8fa61a162a709984e5c7aaf0673f953a69954e039b28f39a076",
                            "secret": "99995e4fd3261ca5aa3baff8e686bc404f9c92ce5fb35cee403586699a661d70",
                            "child_number": 1
                        }
                    ]
                },
                {
                    "public_key": "xpub6Eq939jUqtPGPizFNCUpMiTpdznT5bATwWK1CjKpYZBtW4gitZKGmoHYR2AAUnGWBcqbPuP24f1T4eCYRjeyt1ewYkx9Wk2fJwB8teWZL3q",
                    "chain": "change",
                    "entries": [
                        {
                            "address": "oHvj7oy8maES9HJiQHJTp4GvcUcpz3voDq",
                            "public": "02ca3ee1a6092bb8bafc2a57c26412edc2b7de1dd0d8eb5b5b40819aee756dcced",
                            "secret": "2f293ac9d02bc119165d0f2226f045cb31f49b0ec03f53a7b792518e75f8ce6b",
                            "child_number": 0
                        }
                    ]
                }
            ]
        },
        {
            "private_key": "xprv9xwJPSMPW4iYmaWa873uV6PJ51ESm4xMxLzPpjiPcDAxwQenPtbmBBdEvHUuFpYkSY7jZaX3kSaCmwXU4woWrn1tagVBU4F6MkCBhBDfBSr",
            "name": "second",
            "index": 1,
            "coin_type": "skycoin",
            "chains": [
                {
                    "public_key": "xpub6EYSbAAjwWGdWUPA58MTVe3UUAvdattdTyavGrSs7yqRMQ9RCUCxSoh9MQwTCJKvbp2JrsvvMLKTYLsWz9U7Fgn87F8D2Q916Ri3zGeQXXu",
                    "chain": "external",
                    "entries": null
                },
                {
                    "public_key": "xpub6EYSbAAjwWGdXu79dMFaPLeZwqu6oSdXfhBSGDq71wEc1mjER6UMZc96x8TmxusGihUdQDZnA7dD9zyc7mb1MznCq8jcK1yhcz7BenUuCJB",
                    "chain": "change",
                    "entries": null
                }
            ]
        }
    ]
}
