// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import "Token.sol";

/// What the standard (ERC-20) describes, as USDC, DAI and most others do it: a transfer moves what it is asked to move,
/// tells of just that in its event, and returns true. New tokens come from nobody, address 0.
contract Honest is Token {
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
        move(from, to, value);
        emit Transfer(from, to, value);
    }
}
