// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

interface Transfers {
    /// Without what it returns: not all tokens return something.
    function transfer(address to, uint256 value) external;
}

/// Several payments in one transaction, out of this contract's own tokens, as exchanges pay out and as wallets that are
/// contracts do (Disperse, Safe's multisend): equal ones to one address among them, ether beside tokens, and one that
/// is undone while the transaction around it succeeds.
contract Batch {
    function send(Transfers token, address[] calldata to, uint256[] calldata values) external {
        for (uint256 i = 0; i < to.length; i++) {
            token.transfer(to[i], values[i]);
        }
    }

    function sendWithEther(Transfers token, address payable to, uint256 value) external payable {
        token.transfer(to, value);
        (bool done, ) = to.call{value: msg.value}("");
        require(done, "the ether was refused");
    }

    /// The first of them leaves neither tokens nor an event behind.
    function sendUndoneAndDone(Transfers token, address to, uint256 undone, uint256 done) external {
        try this.sendAndFail(token, to, undone) {} catch {}
        token.transfer(to, done);
    }

    function sendAndFail(Transfers token, address to, uint256 value) external {
        token.transfer(to, value);
        revert("on purpose");
    }
}
