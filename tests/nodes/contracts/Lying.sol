// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// A transfer burns a hundredth on its way, and its only event tells of the whole, as some tokens do that want to get
/// fewer: what arrived is less than what anybody reads in the logs.
contract Lying is Token {
    constructor(uint8 decimals_) Token(decimals_) {}

    function transfer(address to, uint256 value) external returns (bool) {
        pay(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        spend(from, value);
        pay(from, to, value);
        return true;
    }

    function pay(address from, address to, uint256 value) private {
        uint256 fee = value / 100;
        move(from, to, value);
        balanceOf[to] -= fee;
        totalSupply -= fee;
        emit Transfer(from, to, value);
    }
}
