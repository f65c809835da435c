{
    "meta": {
        "coin": "skycoin",
        "cryptoType": "scrypt-chacha20poly1305",
        "encrypted": "false",
        "filename": "empty.wlt",
        "label": "empty",
        "lastSeed": "voyage say extend find sheriff surge priority merit ignore maple cash argue",
        "seed": "voyage say extend find sheriff surge priority merit ignore maple cash argue",
        "tm": "1600000000",
        "type": "deterministic",
        "version": "0.4"
    },
    "entries": []
}
