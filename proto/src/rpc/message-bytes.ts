// A message as the bytes that grpc-js takes, without a second copy of them.
import { encodeMessage } from "../encode-message.ts";
import type { MessageType } from "./service.ts";

/** `message` encoded: a view of what the encoder wrote. */
export function bytesOf<Message>(type: MessageType<Message>, message: Message): Buffer {
  const { buffer, byteOffset, byteLength } = encodeMessage(type, message);
  return Buffer.from(buffer, byteOffset, byteLength);
}
