{
    "meta": {
        "coin": "skycoin",
        "cryptoType": "sha256-xor",
        "encrypted": "true",
        "filename": "collection-sha256xor.wlt",
        "label": "collection sha256xor",
        "secrets": "DxliBq1hoTihHedu2WY65Vxnan6LQcJr6dlsHWvbwdrxcF4KmXdeQEIZHkryVZ2i6ElZhH1UJ1KlNSSgYQyHHmQT+E9tkTMIerlNJpc7iVRGd2valWcQRjPTkbBGfLU6ZZivP4M3y3s3Ff+i4TKq2NuyX0VGtis1VcSc839RL7Qi5eb0D6IFPTeoBI/xaupVWsjKstK+6aXE9GZ0eaxo2n+LwG5vMEy/UwQp9FLuWNnvP6u9szw3x07QZ6QZ6prSagRjObZDaR57g3JPlDvn0/c16A/xTOskQx+On9VXGksg/xleFwx0OaQhbdHocwUUmfP91BFx7bGotxO9vheePeQ9rybzxIfhaTsYvcdnKg9rCU8f4glAjIaUYTPbTypF4EdB3RPUIG0iXhmO6NryoPQ2JNQXgTQJsPBoAIGQnaY=",
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
