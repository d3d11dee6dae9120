/** saslname (RFC 5801 §4): `=2C` and `=3D` stand for `,` and `=`. */
export function plainName(name: string): string {
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}
