import { describe, expect, expectTypeOf, test } from 'vitest';
import type { paths as Admin } from '../../api/admin';
import { address, type Operation, type PathOf, type Success } from './typed';

describe('addresses', () => {
  test('should be filled in, with nothing in them that changes where they lead', () => {
    expect(address('/api/deposits/{no}/timeline', { path: { no: 17 }, query: { limit: 500 } })).toBe('/api/deposits/17/timeline?limit=500');
    expect(address('/api/people/{name}', { path: { name: '../acts?x=1' } })).toBe('/api/people/..%2Facts%3Fx%3D1');
    expect(address('/api/search', { query: { q: 'a & b' } })).toBe('/api/search?q=a+%26+b');
  });

  test('should leave out what is empty, and keep what is there', () => {
    expect(address('/api/orders', { query: { state: '', after: undefined, limit: 0 } })).toBe('/api/orders?limit=0');
    expect(address('/api/orders?state=held', { query: { limit: 50 } })).toBe('/api/orders?state=held&limit=50');
    expect(address('/api/orders')).toBe('/api/orders');
  });
});

test('should know from the documents what is answered', () => {
  expectTypeOf<'/api/wallet'>().toExtend<PathOf<Admin, 'get'>>();
  expectTypeOf<'/api/people'>().toExtend<PathOf<Admin, 'post'>>();
  expectTypeOf<'/api/backup'>().not.toExtend<PathOf<Admin, 'delete'>>();
  expectTypeOf<Success<Operation<Admin, '/api/wallet', 'get'>>['coins']>().toEqualTypeOf<string>();
  expectTypeOf<Success<Operation<Admin, '/api/people', 'post'>>['name']>().toEqualTypeOf<string>();
});
