// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// A transfer moves what it should and returns nothing at all, as USDT's on Ethereum, and BNB's there: they are older
/// than the standard's last word. Who expects a boolean to come back fails on it.
contract Silent is Token {
    constructor(uint8 decimals_) Token(decimals_) {}

    function transfer(address to, uint256 value) external {
        pay(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        spend(from, value);
        pay(from, to, value);
    }

    function pay(address from, address to, uint256 value) private {
        move(from, to, value);
        emit Transfer(from, to, value);
    }
}
