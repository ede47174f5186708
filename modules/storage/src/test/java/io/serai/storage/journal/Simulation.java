package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A journal without threads on files that fail, some loops that use it at random, and the history
 * that says what must be found afterwards. One seed, one course of events.
 */
final class Simulation implements JournalListener {
  static final JournalOptions OPTIONS =
      new JournalOptions(32 << 10, 1, 0.5, Long.MAX_VALUE, 0, false);
  private static final int LOOPS = 3;
  private static final int OWNERS_PER_LOOP = 4;

  final Random random;
  final Path folder;
  final History[] histories = new History[LOOPS];
  final List<Throwable> failures = new ArrayList<>();
  private final long[] nextSequence = new long[LOOPS * OWNERS_PER_LOOP];
  private long nextMessage;
  private int removals;

  /** How eagerly messages are settled: 0 never, 1 as soon as they are appended. */
  double settling = 0.5;

  int maxBytes = 600;
  JournalOptions options = OPTIONS;
  Opened opened;
  JournalHandle[] handles = new JournalHandle[LOOPS];
  RecoveryReport report;
  FaultyFiles files;

  Simulation(Path folder, long seed) {
    this.folder = folder;
    random = new Random(seed);
    for (int loop = 0; loop < LOOPS; loop++) {
      histories[loop] = new History();
    }
  }

  /** Opens the journal and checks what is in it against the histories. */
  Simulation open(Faults faults) throws IOException {
    failures.clear();
    files = new FaultyFiles(new RealFiles(), faults);
    opened = Journal.open(folder, options, files, this, Workers.none());
    report = opened.report();
    for (int loop = 0; loop < LOOPS; loop++) {
      History history = histories[loop];
      handles[loop] = opened.journal().handle(history::synced);
      history.started(handles[loop].position());
    }
    return this;
  }

  /** What was found, in the words of the history. */
  List<String> verdicts() {
    Found found = new Found();
    opened
        .recovered()
        .forEachFact(
            (kind, key, value) -> found.facts.put(ByteBuffer.wrap(key), ByteBuffer.wrap(value)));
    for (long owner : opened.recovered().owners()) {
      List<Long> sequences = new ArrayList<>();
      List<Long> ids = new ArrayList<>();
      opened
          .recovered()
          .forEachReference(
              owner,
              (sequence, id, attributes) -> {
                sequences.add(sequence);
                ids.add(id);
              });
      long[] wanted = ids.stream().mapToLong(Long::longValue).toArray();
      opened
          .journal()
          .read(
              wanted,
              (payloads, failure) -> {
                for (int i = 0; i < payloads.length; i++) {
                  found.add(owner, sequences.get(i), payloads[i]);
                }
              });
      while (opened.journal().step()) {}
    }
    List<String> verdicts = new ArrayList<>();
    if (!failures.isEmpty()) {
      return verdicts; // power failed while it was read: the next opening is judged
    }
    for (int loop = 0; loop < LOOPS; loop++) {
      verdicts.addAll(histories[loop].judge(found, loop));
    }
    return verdicts;
  }

  /** Lets the loops work for some turns, or until something fails. */
  void work(int turns) {
    for (int turn = 0; turn < turns && failures.isEmpty(); turn++) {
      int loop = random.nextInt(LOOPS);
      turn(loop);
      if (random.nextInt(3) > 0) {
        int steps = 1 + random.nextInt(3);
        while (steps-- > 0 && opened.journal().step()) {}
      }
    }
  }

  void settleDown() {
    while (failures.isEmpty() && opened.journal().step()) {}
  }

  private void turn(int loop) {
    History history = histories[loop];
    JournalHandle handle = handles[loop];
    int operations = 1 + random.nextInt(8);
    for (int i = 0; i < operations; i++) {
      int slot = loop * OWNERS_PER_LOOP + random.nextInt(OWNERS_PER_LOOP);
      long owner = owner(slot);
      double what = random.nextDouble();
      if (what < 0.08) {
        byte[] key = {(byte) loop, (byte) random.nextInt(6)};
        byte[] value = Bytes.of(nextMessage++, random.nextInt(200)).content;
        handle.put((byte) loop, key, value);
        history.put(key, value);
        if (random.nextInt(8) == 0) {
          handle.keepTogether();
          history.keepTogether();
        }
      } else if (what < 0.11) {
        byte[] key = {(byte) loop, (byte) random.nextInt(6)};
        handle.remove((byte) loop, key);
        history.remove(key);
      } else if (what < 0.12 && removals++ >= 0) {
        handle.ownerRemoved(owner);
        history.ownerRemoved(owner);
        nextSequence[slot] = 0;
        generation[slot]++;
      } else if (what < 0.12 + settling * 0.88) {
        Long sequence = history.anyOf(owner, random);
        if (sequence != null) {
          if (random.nextInt(10) == 0) {
            handle.update(owner, sequence, RefAttributes.ofBody(random.nextInt(100)));
          } else {
            handle.settle(owner, sequence);
            history.settle(owner, sequence);
          }
        }
      } else {
        append(loop, slot);
      }
    }
    handle.flush();
    history.flushed(handle.position());
  }

  private final int[] generation = new int[LOOPS * OWNERS_PER_LOOP];

  private long owner(int slot) {
    return generation[slot] * 100L + slot;
  }

  private void append(int loop, int slot) {
    Bytes message = Bytes.of(nextMessage++, random.nextInt(maxBytes));
    int copies = random.nextInt(5) == 0 ? 3 : 1;
    for (int copy = 0; copy < copies; copy++) {
      int target = copy == 0 ? slot : loop * OWNERS_PER_LOOP + random.nextInt(OWNERS_PER_LOOP);
      long sequence = nextSequence[target]++;
      handles[loop].append(owner(target), sequence, message, message.attributes());
      histories[loop].append(owner(target), sequence, message.content);
    }
  }

  void close() {
    opened.journal().close();
  }

  @Override
  public void failed(Throwable cause) {
    failures.add(cause);
  }

  /** Opens again after a crash without new faults and expects a clean verdict. */
  void reopenClean(String what) throws IOException {
    files.powerCut();
    opened.journal().close();
    open(new Faults(random.nextLong()));
    assertThat(verdicts()).as(what).isEmpty();
  }
}
