package io.serai.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Some streams on files that fail, appended to at random, and the histories that say what must be
 * found afterwards. One seed, one course of events.
 */
final class StreamSimulation {
  private static final int STREAMS = 5;

  final Random random;
  private final Path folder;
  final StreamHistory[] histories = new StreamHistory[STREAMS];

  /** The numbers that the streams have now: one that is deleted gets another. */
  private final long[] numbers = new long[STREAMS];

  private long nextNumber = 1;
  private long nextMessage;
  long maxBytes = StreamLimits.NONE;
  boolean isDeleting = true;
  Streams streams;
  FaultyFiles files;

  StreamSimulation(Path folder, long seed) {
    this.folder = folder;
    random = new Random(seed);
    for (int i = 0; i < STREAMS; i++) {
      renew(i);
    }
  }

  private void renew(int slot) {
    numbers[slot] = nextNumber++;
    histories[slot] = new StreamHistory();
  }

  StreamSimulation open(Faults faults) throws IOException {
    files = new FaultyFiles(new RealFiles(), faults);
    streams = new Streams(folder, files, Streams.OPTIONS, 1_000_000 + nextMessage);
    return this;
  }

  private StreamLog log(int slot) {
    StreamLog log = streams.storage.log(numbers[slot]);
    log.limits(new StreamLimits(StreamLimits.NONE, maxBytes, StreamLimits.MIN_SEGMENT_BYTES));
    return log;
  }

  /** Lets loops append for some turns, or until something fails. */
  void work(int turns) {
    for (int turn = 0; turn < turns && streams.failures.isEmpty(); turn++) {
      int messages = 1 + random.nextInt(12);
      for (int i = 0; i < messages; i++) {
        int slot = random.nextInt(STREAMS);
        Sample message = message();
        long offset = streams.append(log(slot), message);
        assertThat(offset).isEqualTo(histories[slot].appended.size());
        histories[slot].appended.add(message);
      }
      streams.appender.flush();
      for (StreamHistory history : histories) {
        history.flushed(streams.appender.position());
      }
      if (isDeleting && random.nextInt(60) == 0) {
        int slot = random.nextInt(STREAMS);
        log(slot).delete();
        renew(slot);
      }
      if (random.nextInt(3) > 0) {
        streams.storage.step();
      }
      for (StreamHistory history : histories) {
        history.synced(streams.synced);
      }
    }
  }

  private Sample message() {
    long number = nextMessage++;
    int size = random.nextInt(50) == 0 ? random.nextInt(9000) : random.nextInt(300);
    String filter = random.nextBoolean() ? "value-" + random.nextInt(5) : null;
    return Sample.of(number, size, 1_000_000 + number + random.nextInt(100), filter);
  }

  /** What was found, in the words of the histories. */
  List<String> verdicts() {
    List<String> verdicts = new ArrayList<>();
    for (int slot = 0; slot < STREAMS; slot++) {
      StreamLog log = log(slot);
      long leastFirst = maxBytes == StreamLimits.NONE ? 0 : Long.MAX_VALUE;
      List<StreamEntry> found = Streams.read(log);
      if (!streams.failures.isEmpty()) {
        return List.of(); // power failed while it was read: the next opening is judged
      }
      for (String one : histories[slot].judge(log, found, leastFirst)) {
        verdicts.add(one + " in stream " + numbers[slot]);
      }
    }
    streams.damages.forEach(damage -> verdicts.add("damage " + damage));
    return verdicts;
  }

  /** Opens again after a crash without new faults and expects a clean verdict. */
  void reopenClean(String what) throws IOException {
    files.powerCut();
    streams.close();
    open(new Faults(random.nextLong()));
    assertThat(verdicts()).as(what).isEmpty();
  }

  /** Messages that are promised to be there. */
  int promised() {
    int promised = 0;
    for (StreamHistory history : histories) {
      promised += history.confirmed();
    }
    return promised;
  }
}
