// The clients of both listeners: paths, parameters and answers are those of the documents in docs, which follow from the code.

import createClient from "openapi-fetch";
import type { paths as AdminPaths } from "../../api/admin";
import type { paths as PublicPaths } from "../../api/public";

/** Asks the public listener, by default the one that served the page. */
export const publicClient = (baseUrl = "/") => createClient<PublicPaths>({ baseUrl });

/** Asks the admin listener, by default the one that served the page. */
export const adminClient = (baseUrl = "/") => createClient<AdminPaths>({ baseUrl });
