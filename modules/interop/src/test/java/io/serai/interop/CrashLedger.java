package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * What producers sent, what was confirmed to them and what consumers got, and whether that fits
 * together: nothing confirmed is lost, nothing is invented or damaged, and first deliveries are in
 * the order of each producer. Safe for use from several threads.
 */
final class CrashLedger {
  private final Map<String, Integer> sent = new HashMap<>();
  private final Map<String, Set<Integer>> confirmed = new HashMap<>();
  private final Map<String, Set<Integer>> received = new HashMap<>();
  private final Map<String, Integer> latest = new HashMap<>();
  private final List<String> damaged = new ArrayList<>();
  private final List<String> invented = new ArrayList<>();
  private final List<String> outOfOrder = new ArrayList<>();
  private int duplicates;

  /** The body of a producer's next message: it says whose it is, and carries its checksum. */
  synchronized byte[] next(String producer) {
    int number = sent.merge(producer, 1, Integer::sum) - 1;
    String text = producer + " " + number + " " + "x".repeat(number % 200);
    return (text + " " + checksum(text)).getBytes(StandardCharsets.UTF_8);
  }

  private static long checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  /** How many messages a producer has sent. */
  synchronized int sentBy(String producer) {
    return sent.getOrDefault(producer, 0);
  }

  /** The broker said that it has a message. */
  synchronized void confirmed(String producer, int number) {
    confirmed.computeIfAbsent(producer, _ -> new HashSet<>()).add(number);
  }

  synchronized int confirmedCount() {
    return confirmed.values().stream().mapToInt(Set::size).sum();
  }

  /** A consumer got a message. */
  synchronized void received(byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    int end = text.lastIndexOf(' ');
    String[] words = text.split(" ", 3);
    if (words.length < 3
        || !text.substring(end + 1).equals("" + checksum(text.substring(0, end)))) {
      damaged.add(text);
      return;
    }
    String producer = words[0];
    int number = Integer.parseInt(words[1]);
    if (number >= sent.getOrDefault(producer, 0)) {
      invented.add(text);
    } else if (!received.computeIfAbsent(producer, _ -> new HashSet<>()).add(number)) {
      duplicates++;
    } else if (latest.merge(producer, number, Math::max) != number) {
      outOfOrder.add(producer + " " + number);
    }
  }

  /** Confirmed and never received. */
  synchronized List<String> lost() {
    List<String> lost = new ArrayList<>();
    confirmed.forEach((producer, numbers) -> {
      Set<Integer> got = received.getOrDefault(producer, Set.of());
      numbers.stream()
          .filter(number -> !got.contains(number))
          .forEach(number -> lost.add(producer + " " + number));
    });
    return lost;
  }

  synchronized List<String> damaged() {
    return List.copyOf(damaged);
  }

  /** Fails unless everything confirmed came once, in order and as it was sent. */
  synchronized void assertWhole() {
    assertOnce();
    assertThat(outOfOrder).as(summary()).isEmpty();
  }

  /** Fails unless everything confirmed came once, as it was sent, to consumers that share it. */
  synchronized void assertOnce() {
    assertThat(lost()).as(summary()).isEmpty();
    assertThat(damaged).as(summary()).isEmpty();
    assertThat(invented).as(summary()).isEmpty();
    assertThat(duplicates).as(summary()).isZero();
  }

  /** Waits until the broker has taken that many messages. */
  void awaitConfirmed(int count) throws Exception {
    Eventually.await(() -> "confirms come: " + summary(), 120, () -> confirmedCount() >= count);
  }

  /** How much of everything there is. */
  synchronized FaultReport.Counts counts() {
    return new FaultReport.Counts(
        sent.values().stream().mapToInt(Integer::intValue).sum(),
        confirmedCount(),
        lost().size(),
        invented.size(),
        damaged.size(),
        duplicates,
        outOfOrder.size());
  }

  /** One line for a report. */
  synchronized String summary() {
    return "sent=%d confirmed=%d received=%d lost=%d damaged=%d invented=%d out_of_order=%d duplicates=%d"
        .formatted(
            sent.values().stream().mapToInt(Integer::intValue).sum(),
            confirmedCount(),
            received.values().stream().mapToInt(Set::size).sum(),
            lost().size(),
            damaged.size(),
            invented.size(),
            outOfOrder.size(),
            duplicates);
  }
}
