import { expect, test } from "vitest";
import { publicClient } from "./clients";

test("should ask as the document says and answer what it says", async () => {
  const asked: Request[] = [];
  const desk = publicClient("http://desk.example");
  const { data, response } = await desk.GET("/api/status", {
    params: { query: { skyaddr: "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y" } },
    fetch: (request) => {
      asked.push(request);
      const answer = { statuses: [{ seq: 1, updated_at: 1, status: "done", coin_type: "BTC", message: "paid" }] };
      return Promise.resolve(new Response(JSON.stringify(answer), { headers: { "Content-Type": "application/json" } }));
    },
  });
  expect(asked[0]?.url).toBe("http://desk.example/api/status?skyaddr=2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y");
  expect([response.status, data?.statuses[0]?.status]).toEqual([200, "done"]);
});
