package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.storage.fault.Faults;
import io.serai.storage.fault.Faults.Operation;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.RealFiles;
import io.serai.storage.file.SeamFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An I/O error ends it: said once, nothing confirmed after, nothing tried again. */
class FailureTest {
  @TempDir Path folder;
  private final AtomicInteger failures = new AtomicInteger();
  private long synced;

  private Opened open(Faults faults) throws Exception {
    return Journal.open(
        folder,
        Simulation.OPTIONS,
        new FaultyFiles(new RealFiles(), faults),
        _ -> failures.incrementAndGet(),
        Workers.none());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasSafeCanBeReadAfterIt(boolean isThreaded) throws Exception {
    Faults faults = new Faults(1);
    CountDownLatch failed = new CountDownLatch(1);
    Journal journal =
        Journal.open(
                folder,
                Simulation.OPTIONS,
                new FaultyFiles(new RealFiles(), faults),
                _ -> failed.countDown(),
                isThreaded ? Workers.threads(1) : Workers.none())
            .journal();
    CountDownLatch isSafe = new CountDownLatch(1);
    JournalHandle handle = journal.handle(_ -> isSafe.countDown());
    append(handle, 0);
    while (!isThreaded && journal.step()) {}
    assertThat(isSafe.await(60, TimeUnit.SECONDS)).isTrue();
    faults.fail(Operation.FORCE, 1);
    append(handle, 1);
    while (!isThreaded && journal.step()) {}
    assertThat(failed.await(60, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    journal.read(1, new long[] {0}, (payloads, _) -> read.complete(payloads[0]));
    assertThat(read.get(60, TimeUnit.SECONDS)).isNotNull();
    journal.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"WRITE", "FORCE"})
  void anErrorIsFatalAndNothingIsConfirmedAfterIt(Operation operation) throws Exception {
    Faults faults = new Faults(1);
    Journal journal = open(faults).journal();
    JournalHandle handle = journal.handle(position -> synced = position);
    append(handle, 0);
    while (journal.step()) {}
    assertThat(synced).isEqualTo(1);
    faults.fail(operation, 1);
    append(handle, 1);
    while (journal.step()) {}
    append(handle, 2);
    assertThat(journal.step()).isFalse();
    assertThat(journal.step()).isFalse();
    assertThat(synced).isEqualTo(1);
    assertThat(failures).hasValue(1);
    journal.close();
    assertThat(failures).hasValue(1);
    assertThat(synced).isEqualTo(1);
    Opened again = open(new Faults(2));
    assertThat(again.recovered().references(1)).isBetween(1L, 2L);
    again.journal().close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Operation.class,
      names = {"CREATE", "SYNC_FOLDER", "FORCE"})
  void aSegmentThatCannotBeMadeIsFatal(Operation operation) throws Exception {
    Journal journal = open(new Faults(1).fail(operation, 1)).journal();
    JournalHandle handle = journal.handle(position -> synced = position);
    append(handle, 0);
    while (journal.step()) {}
    assertThat(failures).hasValue(1);
    assertThat(synced).isZero();
    journal.close();
  }

  @Test
  void aReadErrorWhileOpeningIsReported() throws Exception {
    Journal journal = open(new Faults(1)).journal();
    append(journal.handle(_ -> {}), 0);
    while (journal.step()) {}
    journal.close();
    assertThatThrownBy(() -> open(new Faults(1).fail(Operation.READ, 2)))
        .hasMessageContaining("simulated I/O error on READ");
    open(new Faults(1)).journal().close();
  }

  @Test
  void aReadErrorIsToldToWhoReads() throws Exception {
    Faults faults = new Faults(1);
    Journal journal = open(faults).journal();
    append(journal.handle(_ -> {}), 0);
    while (journal.step()) {}
    faults.fail(Operation.READ, 1);
    AtomicReference<Exception> told = new AtomicReference<>();
    journal.read(new long[] {1}, (_, failure) -> told.set(failure));
    while (journal.step()) {}
    assertThat(told.get()).hasMessageContaining("simulated I/O error on READ");
    assertThat(failures).hasValue(0);
    journal.close();
    journal.read(new long[] {1}, (_, failure) -> told.set(failure));
    assertThat(told.get()).hasMessage("the journal is closed");
  }

  @Test
  void whoReadsIsToldAlsoWhenThereIsNoMemoryToReadInto() throws Exception {
    AtomicReference<Error> next = new AtomicReference<>();
    Journal journal =
        Journal.open(
                folder,
                Simulation.OPTIONS,
                failingReads(next),
                _ -> failures.incrementAndGet(),
                Workers.none())
            .journal();
    append(journal.handle(_ -> {}), 0);
    while (journal.step()) {}
    next.set(new OutOfMemoryError("Cannot reserve direct buffer memory"));
    AtomicReference<Exception> told = new AtomicReference<>();
    journal.read(new long[] {1}, (_, failure) -> told.set(failure));
    while (journal.step()) {}
    assertThat(told.get()).hasMessageContaining("Cannot reserve");
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    journal.read(new long[] {1}, (payloads, _) -> read.complete(payloads[0]));
    while (journal.step()) {}
    assertThat(read).isCompletedWithValueMatching(content -> content != null);
    assertThat(failures).hasValue(0);
    journal.close();
  }

  /** Files of which the next read throws what is set. */
  private static FileSystemSeam failingReads(AtomicReference<Error> next) {
    return wrapped(FileSystemSeam.class, new RealFiles(), next);
  }

  private static <T> T wrapped(Class<T> type, T real, AtomicReference<Error> next) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              Error error = method.getName().startsWith("read") ? next.getAndSet(null) : null;
              if (error != null && type == SeamFile.class) {
                throw error;
              }
              try {
                Object answer = method.invoke(real, arguments);
                return answer instanceof SeamFile file
                    ? wrapped(SeamFile.class, file, next)
                    : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  @Test
  void aSegmentThatCannotBeMadeIsNotTriedAgainBeforeThatIsSeen() throws Exception {
    Faults faults = new Faults(1);
    FaultyFiles files = new FaultyFiles(new RealFiles(), faults);
    files.createFolders(folder);
    SegmentAllocator allocator =
        new SegmentAllocator(folder, files, Runnable::run, InstantSource.system(), 1, () -> {});
    faults.fail(Operation.FORCE, 1);
    allocator.prepare(4096);
    assertThat(allocator.result()).isInstanceOf(SegmentAllocator.Result.Failed.class);
    allocator.prepare(4096); // as by a writer that has found none ready
    assertThat(allocator.result()).isInstanceOf(SegmentAllocator.Result.Failed.class);
  }

  @Test
  void aPayloadThatLiesAboutItsSizeIsFatal() throws Exception {
    Journal journal = open(new Faults(1)).journal();
    JournalHandle handle = journal.handle(position -> synced = position);
    handle.append(
        1,
        1,
        new StoredPayload() {
          @Override
          public long journalId() {
            return 0;
          }

          @Override
          public void journalId(long id) {}

          @Override
          public int encodedSize() {
            return 10;
          }

          @Override
          public void encode(ByteBuffer into) {
            into.putInt(1);
          }
        },
        RefAttributes.ofBody(10));
    handle.flush();
    while (journal.step()) {}
    assertThat(failures).hasValue(1);
    assertThat(synced).isZero();
    journal.close();
  }

  @Test
  void theThreadTellsOnceAndEnds() throws Exception {
    Faults faults = new Faults(1);
    Opening opening =
        new Opening(folder, Simulation.OPTIONS, new FaultyFiles(new RealFiles(), faults));
    append(opening.handle, 0);
    opening.sync();
    faults.fail(Operation.FORCE, 1); // of records, or of the segment being made ready
    assertThatThrownBy(
            () -> {
              for (int i = 1; i < 10_000; i++) {
                append(opening.handle, i);
                opening.sync();
              }
            })
        .isInstanceOf(AssertionError.class);
    long confirmed = opening.synced.get();
    append(opening.handle, 20_000);
    opening.close();
    assertThat(opening.failures).hasSize(1);
    assertThat(opening.synced).hasValue(confirmed);
  }

  private static void append(JournalHandle handle, long sequence) {
    Bytes message = Bytes.of(sequence, 100);
    handle.append(1, sequence, message, message.attributes());
    handle.flush();
  }
}
