/** Addresses of pictures and videos, all at our own origin: every call asks for them so (see http.ts). */

/** The same address with one more parameter, such as `download=1`. */
export function withParameter(url: string, parameter: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}${parameter}`;
}
