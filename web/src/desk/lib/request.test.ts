import { describe, expect, it } from 'vitest';
import { filled, template } from './request';

describe('a request that the API names', () => {
  it('should ask for what is left open, and send what is given as it is', () => {
    expect(template('POST /api/deposits/17/paid?txid=...&why=...&by=...')).toEqual({
      method: 'POST', path: '/api/deposits/17/paid', fields: ['txid'], why: true,
    });
    const close = template('POST /api/breakers/payouts/close?opening=3&why=...&by=...');
    expect(close).toEqual({ method: 'POST', path: '/api/breakers/payouts/close?opening=3', fields: [], why: true });
    expect(filled(close.path, { why: 'looked at', txid: ' ' })).toBe('/api/breakers/payouts/close?opening=3&why=looked+at');
  });
});
