package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 100,000 messages over real threads and files, against a map. */
class RandomModelTest {
  private static final JournalOptions OPTIONS =
      new JournalOptions(1 << 20, 2, 0.5, Long.MAX_VALUE, 10, false);

  @TempDir Path folder;

  private record Kept(Bytes message, int deliveries) {}

  @Test
  void recoveryAgreesWithAModelOfAHundredThousandMessages() throws Exception {
    long seed = 20_261_121;
    Random random = new Random(seed);
    Map<Long, TreeMap<Long, Kept>> model = new HashMap<>();
    long number = 0;
    for (int life = 0; life < 4; life++) {
      try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
        compare(opening, model);
        while (number < (life + 1) * 25_000L) {
          long owner = 1 + random.nextInt(40);
          Bytes message = Bytes.of(number, random.nextInt(700));
          int copies = random.nextInt(10) == 0 ? 4 : 1;
          for (int copy = 0; copy < copies; copy++) {
            long target = copy == 0 ? owner : 1 + random.nextInt(40);
            opening.handle.append(target, number, message, message.attributes());
            model.computeIfAbsent(target, _ -> new TreeMap<>()).put(number, new Kept(message, 0));
          }
          number++;
          for (int i = random.nextInt(3); i > 0; i--) {
            settleOne(opening, model, random);
          }
          if (random.nextInt(64) == 0) {
            opening.handle.flush();
          }
        }
        opening.sync();
        compareWhatIsRead(opening, model, number, random);
      }
    }
    try (Opening opening = new Opening(folder, OPTIONS, new RealFiles())) {
      compare(opening, model);
    }
    assertThat(JournalCheck.check(folder, new RealFiles()).isWhole()).isTrue();
  }

  private static void settleOne(
      Opening opening, Map<Long, TreeMap<Long, Kept>> model, Random random) {
    long owner = 1 + random.nextInt(40);
    TreeMap<Long, Kept> messages = model.get(owner);
    if (messages == null || messages.isEmpty()) {
      return;
    }
    long sequence = messages.firstKey();
    if (random.nextInt(8) == 0) {
      sequence = messages.floorKey(messages.lastKey());
    }
    if (random.nextInt(10) == 0) {
      Kept kept = messages.get(sequence);
      Kept counted = new Kept(kept.message(), kept.deliveries() + 1);
      int bytes = kept.message().content.length;
      opening.handle.update(
          owner,
          sequence,
          new RefAttributes(counted.deliveries(), Long.MAX_VALUE, 0, bytes, new byte[0]));
      messages.put(sequence, counted);
      return;
    }
    opening.handle.settle(owner, sequence);
    messages.remove(sequence);
    if (messages.isEmpty()) {
      model.remove(owner);
    }
  }

  /** Pages of every owner, read while the journal goes on: what is settled is not there. */
  private static void compareWhatIsRead(
      Opening opening, Map<Long, TreeMap<Long, Kept>> model, long numbers, Random random) {
    model.forEach((owner, messages) -> {
      long[] page = random.longs(0, numbers).limit(200).distinct().sorted().toArray();
      long first = messages.firstKey();
      page[0] = Math.min(page[0], first);
      byte[][] found = opening.readOf(owner, page);
      for (int i = 0; i < page.length; i++) {
        Kept kept = messages.get(page[i]);
        assertThat(found[i]).isEqualTo(kept == null ? null : kept.message().content);
      }
      assertThat(opening.readOf(owner, first)[0]).isEqualTo(messages.get(first).message().content);
    });
  }

  private static void compare(Opening opening, Map<Long, TreeMap<Long, Kept>> model) {
    assertThat(Arrays.stream(opening.recovered.owners()).boxed().toList())
        .containsExactlyInAnyOrderElementsOf(model.keySet());
    for (var owner : model.entrySet()) {
      TreeMap<Long, Kept> expected = owner.getValue();
      TreeMap<Long, byte[]> found = opening.messages(owner.getKey());
      assertThat(found.keySet()).isEqualTo(expected.keySet());
      found.forEach((sequence, content) ->
          assertThat(Arrays.equals(content, expected.get(sequence).message().content)).isTrue());
      opening.recovered.forEachReference(
          owner.getKey(),
          (sequence, id, attributes) ->
              assertThat(attributes.deliveryCount())
                  .isEqualTo(expected.get(sequence).deliveries()));
    }
  }
}
