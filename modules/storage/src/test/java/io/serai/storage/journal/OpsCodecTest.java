package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpsCodecTest {

  /** Writes down what it is told. */
  private static final class Told implements OpsVisitor {
    final List<String> operations = new ArrayList<>();

    @Override
    public void reference(
        long owner, long sequence, long payloadId, long replaces, RefAttributes it) {
      operations.add(
          "ref %d %d %d %d %d %d %d %d %s"
              .formatted(
                  owner,
                  sequence,
                  payloadId,
                  replaces,
                  it.deliveryCount(),
                  it.expiresAtMillis(),
                  it.priority(),
                  it.bodyBytes(),
                  Arrays.toString(it.opaque())));
    }

    @Override
    public void settled(long owner, long first, long count, long target) {
      for (long i = 0; i < count; i++) {
        operations.add("settled %d %d %d".formatted(owner, first + i, target));
      }
    }

    @Override
    public void put(int kind, byte[] key, byte[] value, long replaces) {
      operations.add(
          "put %d %s %s %d"
              .formatted(kind, Arrays.toString(key), Arrays.toString(value), replaces));
    }

    @Override
    public void removed(int kind, byte[] key, long target) {
      operations.add("removed %d %s %d".formatted(kind, Arrays.toString(key), target));
    }
  }

  @Test
  void whatIsPackedComesOutAgain() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      OpsEncoder encoder = new OpsEncoder();
      Told said = new Told();
      for (int i = random.nextInt(60); i > 0; i--) {
        long owner = random.nextBoolean() ? random.nextInt(3) : random.nextLong();
        long sequence = random.nextBoolean() ? i : random.nextLong();
        long segment = random.nextInt(4);
        byte[] bytes = new byte[random.nextInt(5)];
        random.nextBytes(bytes);
        switch (random.nextInt(4)) {
          case 0 -> {
            var attributes =
                new RefAttributes(
                    random.nextInt(3),
                    random.nextBoolean() ? Long.MAX_VALUE : random.nextLong(),
                    random.nextInt(256),
                    random.nextInt(1 << 30),
                    bytes);
            long payload = random.nextLong(1, ReferenceTable.MAX_PAYLOAD_ID);
            encoder.reference(owner, sequence, payload, segment, attributes);
            said.reference(owner, sequence, payload, segment, attributes);
          }
          case 1 -> {
            encoder.settled(owner, sequence, 1, segment);
            said.settled(owner, sequence, 1, segment);
          }
          case 2 -> {
            int kind = random.nextInt(256);
            encoder.put(kind, bytes, bytes, segment);
            said.put(kind, bytes, bytes, segment);
          }
          default -> {
            encoder.removed(9, bytes, segment);
            said.removed(9, bytes, segment);
          }
        }
      }
      Told found = new Told();
      ByteSink ops = encoder.finish();
      OpsDecoder.decode(new ByteSource(ops.array(), 0, ops.size()), found);
      assertThat(found.operations).isEqualTo(said.operations);
    }
  }

  @Test
  void settlesInARowAreOneRun() {
    OpsEncoder encoder = new OpsEncoder();
    for (int i = 0; i < 100_000; i++) {
      encoder.settled(5, 1000 + i, 1, 3);
    }
    assertThat(encoder.finish().size()).isLessThan(12);
  }

  @Test
  void senselessBytesAreRefused() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      try {
        OpsDecoder.decode(
            new ByteSource(bytes),
            new OpsVisitor() {
              @Override
              public void reference(
                  long owner, long sequence, long payloadId, long replaces, RefAttributes it) {}

              @Override
              public void settled(long owner, long first, long count, long target) {}

              @Override
              public void put(int kind, byte[] key, byte[] value, long replaces) {}

              @Override
              public void removed(int kind, byte[] key, long target) {}
            });
      } catch (ByteSource.MalformedBytes _) {
        // the only way out
      }
    }
  }
}
