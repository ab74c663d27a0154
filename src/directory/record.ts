// Hot path: decoded once for each search. One slice of text, no closure.
import { assert } from "../base/assert.ts";
import { digestAlgorithms, type Credential, type DigestAlgorithm } from "../base/credential.ts";
import type { Aor } from "../message/index.ts";
import type { Alias, Subscriber } from "./directory.ts";

// The stored forms. Text is latin1 and stands together at the end, sizes are u16, little-endian.
//   subscriber: format u8 · what follows u8 (0 nothing, 1 a credential, 2 one with address hashes too) ·
//     sizes of the realm and of 3 or 6 hashes, in the order of `digestAlgorithms` · their text
//   alias: format u8 · the target's text
const FORMAT = 1;
const NO_CREDENTIAL = 0;
const CREDENTIAL = 1;
const ADDRESS_CREDENTIAL = 2;
const HEAD_SIZE_BYTES = 2;
const U16_MAX = 0xffff;
const ALGORITHM_COUNT = digestAlgorithms.length;

export function encodeSubscriber({ credential }: Subscriber): Buffer {
  if (credential === undefined) return Buffer.from([FORMAT, NO_CREDENTIAL]);
  const { realm, ha1, ha1OfAddress } = credential;
  const fields = [realm, ...digestAlgorithms.map((algorithm) => ha1[algorithm])];
  if (ha1OfAddress !== undefined) {
    fields.push(...digestAlgorithms.map((algorithm) => ha1OfAddress[algorithm]));
  }
  const text = fields.join("");
  const textAt = HEAD_SIZE_BYTES + 2 * fields.length;
  const bytes = Buffer.allocUnsafe(textAt + text.length);
  bytes[0] = FORMAT;
  bytes[1] = ha1OfAddress === undefined ? CREDENTIAL : ADDRESS_CREDENTIAL;
  for (const [index, field] of fields.entries()) {
    assert(field.length <= U16_MAX, "realm and hashes are short");
    bytes.writeUInt16LE(field.length, HEAD_SIZE_BYTES + 2 * index);
  }
  bytes.write(text, textAt, "latin1");
  return bytes;
}

/** @returns undefined when these bytes are not one of our records */
export function decodeSubscriber(
  aor: Aor,
  bytes: Buffer,
  sizeBytes: number,
): Subscriber | undefined {
  if (sizeBytes < HEAD_SIZE_BYTES || bytes[0] !== FORMAT) return undefined;
  const what = bytes[1];
  if (what === NO_CREDENTIAL) {
    return sizeBytes === HEAD_SIZE_BYTES
      ? { kind: "subscriber", aor, credential: undefined }
      : undefined;
  }
  if (what !== CREDENTIAL && what !== ADDRESS_CREDENTIAL) return undefined;
  const count = what === CREDENTIAL ? 1 + ALGORITHM_COUNT : 1 + 2 * ALGORITHM_COUNT;
  const textAt = HEAD_SIZE_BYTES + 2 * count;
  if (sizeBytes < textAt) return undefined;
  let end = textAt;
  for (let index = 0; index < count; index += 1) {
    end += bytes.readUInt16LE(HEAD_SIZE_BYTES + 2 * index);
  }
  if (end !== sizeBytes) return undefined;
  const text = bytes.toString("latin1", textAt, sizeBytes);
  const realmEnd = bytes.readUInt16LE(HEAD_SIZE_BYTES);
  const realm = text.substring(0, realmEnd);
  const ha1 = hashesAt(bytes, 1, text, realmEnd);
  const credential: Credential =
    what === CREDENTIAL
      ? { realm, ha1 }
      : {
          realm,
          ha1,
          ha1OfAddress: hashesAt(bytes, 1 + ALGORITHM_COUNT, text, sizeOf(ha1) + realmEnd),
        };
  return { kind: "subscriber", aor, credential };
}

export function encodeAlias({ target }: Alias): Buffer {
  const bytes = Buffer.allocUnsafe(1 + target.length);
  bytes[0] = FORMAT;
  bytes.write(target, 1, "latin1");
  return bytes;
}

/** @returns undefined when these bytes are not one of our records */
export function decodeAlias(aor: Aor, bytes: Buffer, sizeBytes: number): Alias | undefined {
  if (sizeBytes < 1 || bytes[0] !== FORMAT) return undefined;
  return { kind: "alias", aor, target: bytes.toString("latin1", 1, sizeBytes) };
}

/** Three hashes whose sizes start at the field `index` and whose text starts at `from`. */
function hashesAt(
  bytes: Buffer,
  index: number,
  text: string,
  from: number,
): Record<DigestAlgorithm, string> {
  const at = HEAD_SIZE_BYTES + 2 * index;
  const first = from + bytes.readUInt16LE(at);
  const second = first + bytes.readUInt16LE(at + 2);
  return {
    "SHA-512-256": text.substring(from, first),
    "SHA-256": text.substring(first, second),
    MD5: text.substring(second, second + bytes.readUInt16LE(at + 4)),
  };
}

function sizeOf(ha1: Readonly<Record<DigestAlgorithm, string>>): number {
  return ha1["SHA-512-256"].length + ha1["SHA-256"].length + ha1.MD5.length;
}
