{
    "meta": {
        "coin": "skycoin",
        "cryptoType": "scrypt-chacha20poly1305-insecure",
        "encrypted": "true",
        "filename": "collection-scrypt.wlt",
        "label": "collection scrypt",
        "secrets": "dAB7Im4iOjMyNzY4LCJyIjo4LCJwIjoxLCJrZXlMZW4iOjMyLCJzYWx0IjoiaktSdFBnbnhVc3hzU3ZXWFQxQzRBWWVZMWMwc0Y1WURwVkN3cm9tQUhhUT0iLCJub25jZSI6IjJWalBtQmN2V1ZEL0plZmUifcL1c/x2KQElSoWeHiByFoHdk6qNCa9YBTnhNIIbsAIDKofqlViJhWrcoFvMHqjXplUfs8YGRQKcSzhcvZnngeELv8FN5Xi0Jns4snxprXLTHeD0dh9X7OKAx0QIOO3KQnSurdjZH6/OLgLZKo08FPHp3IyvyvKa4un0A3xnFGCbisCqaDNYuBIkPzEJg11d1bRIY/50D7urJkMRJ+VoW0QWQWByl8mOwdB+c1D2Ty0btF6KaQWMvwKHixezCIhUcDpSmn35lmRiHbhMxCF+yMHJPVTLtpFSMeiWdJ9MlPhEvbA=",
        "tm": "1600000000",
        "type": "collection",
        "version": "0.4"
    },
    "entries": [
        {
            "address": "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ",
            "public_key": "028ef95b281f1bd6483f0c5c1ed1144b77c360b92a4eb48f681a6dff67a7c2dab1",
            "secret_key": ""
        },
        {
            "address": "2M755W9o7933roLASK9PZTmqRsjQUsVen9y",
            "public_key": "03a179e412d9d27e14ba647177648a871a7311f15a5312064c7abac1d72764081c",
            "secret_key": ""
        }
    ]
}
