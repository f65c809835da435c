// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// What all tokens here have in common, in one layout of storage, so that a proxy can change from one to another.
/// The decimal places are no part of it: a proxy shows those of the token behind it.
abstract contract Token {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 public totalSupply;
    uint8 public immutable decimals;
    string public constant symbol = "TEST";

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    constructor(uint8 decimals_) {
        decimals = decimals_;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    /// Anybody may: it is for tests.
    function mint(address to, uint256 value) external virtual {
        create(to, value);
        emit Transfer(address(0), to, value);
    }

    function create(address to, uint256 value) internal {
        totalSupply += value;
        balanceOf[to] += value;
    }

    /// Fails where there is less.
    function move(address from, address to, uint256 value) internal {
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }

    function spend(address owner, uint256 value) internal {
        allowance[owner][msg.sender] -= value;
    }
}
