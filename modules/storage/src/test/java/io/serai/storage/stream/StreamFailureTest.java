package io.serai.storage.stream;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.Faults.Operation;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.RealFiles;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An error of the device ends it: nothing is confirmed after it. */
class StreamFailureTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(names = {"WRITE", "FORCE"})
  void anErrorIsFatalAndNothingIsConfirmedAfterIt(Operation operation) throws Exception {
    Faults faults = new Faults(1);
    Streams streams = Streams.faulty(folder, faults);
    StreamLog log = streams.log(7);
    streams.append(log, Sample.of(0, 100));
    streams.sync();
    assertThat(streams.synced).isEqualTo(1);
    faults.fail(operation, 1);
    streams.append(log, Sample.of(1, 100));
    streams.sync();
    assertThat(streams.failures).hasSize(1);
    assertThat(streams.failures.getFirst()).hasMessageContaining("simulated I/O error");
    streams.append(log, Sample.of(2, 100));
    streams.sync();
    assertThat(streams.failures).hasSize(1);
    assertThat(streams.synced).isEqualTo(1);
    assertThat(log.endOffset()).isEqualTo(1);
    streams.close();
    try (Streams again = Streams.faulty(folder, new Faults(1))) {
      assertThat(Streams.read(again.log(7))).hasSizeBetween(1, 2);
    }
  }

  @Test
  void anErrorWhileReadingCostsNoMessageTheReaderWaitsUntilItPasses() throws Exception {
    Faults faults = new Faults(1);
    BlockingQueue<Runnable> attempts = new LinkedBlockingQueue<>();
    try (Streams streams =
        new Streams(
            folder,
            new FaultyFiles(new RealFiles(), faults),
            Streams.OPTIONS,
            1_000_000,
            attempts::add)) {
      StreamLog log = StreamStorageTest.fill(streams, 7, 300);
      faults.fail(Operation.READ, 1);
      CompletableFuture<StreamRead> answer = new CompletableFuture<>();
      log.read(0, 1 << 20, null, answer::complete);
      attempts.remove().run();
      assertThat(answer).isNotDone();
      requireNonNull(attempts.poll(60, TimeUnit.SECONDS), "no second attempt").run();
      assertThat(answer.join().entries()).hasSize(300);
      assertThat(streams.damages).isEmpty();
    }
  }
}
