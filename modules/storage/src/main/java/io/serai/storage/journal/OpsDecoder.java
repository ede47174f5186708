package io.serai.storage.journal;

/** Reads what {@link OpsEncoder} packed. */
final class OpsDecoder {
  private OpsDecoder() {}

  /** Hands every operation over in order. */
  static void decode(ByteSource from, OpsVisitor visitor) {
    long owner = 0;
    long sequence = 0;
    long payloadId = 0;
    while (from.hasRemaining()) {
      int op = from.u8();
      switch (op) {
        case OpsEncoder.REFERENCE -> {
          owner += from.signed();
          sequence += from.signed();
          payloadId += from.signed();
          long replaces = from.varint();
          visitor.reference(owner, sequence, payloadId, replaces, RefAttributes.decode(from));
        }
        case OpsEncoder.SETTLED -> {
          owner += from.signed();
          sequence += from.signed();
          long count = from.varint();
          visitor.settled(owner, sequence, count, from.varint());
          sequence += count - 1;
        }
        case OpsEncoder.PUT -> {
          int kind = from.u8();
          byte[] key = from.block();
          byte[] value = from.block();
          visitor.put(kind, key, value, from.varint());
        }
        case OpsEncoder.REMOVED -> {
          int kind = from.u8();
          byte[] key = from.block();
          visitor.removed(kind, key, from.varint());
        }
        default -> throw new ByteSource.MalformedBytes("operation " + op);
      }
    }
  }
}
