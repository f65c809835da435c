// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// A transfer costs a hundredth, which goes to a collector. One event tells of the fee and one of what arrived, the fee
/// first: USDT has this built in and can turn it on at any time.
contract Taking is Token {
    address public constant COLLECTOR = address(0xfee);

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
        move(from, COLLECTOR, fee);
        emit Transfer(from, COLLECTOR, fee);
        move(from, to, value - fee);
        emit Transfer(from, to, value - fee);
    }
}
