package io.serai.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.routing.store.Spill;
import io.serai.storage.fault.Faults;
import io.serai.storage.fault.FaultyFiles;
import io.serai.storage.file.FileSystemSeam;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SpillFilesTest {
  @TempDir Path data;
  private final TestLoop loop = new TestLoop();

  private JournalStore open() throws IOException {
    return JournalStore.open(
        data, JournalOptions.defaults().withSegmentBytes(1 << 20), new RealFiles(), _ -> {});
  }

  private static Message message(String body) {
    return new Message(
        Address.ofQueue("q"),
        Encoding.Neutral.NONE,
        Body.ofUtf8(body),
        Origin.ofBroker("/"),
        1_000);
  }

  private Spill opened(JournalStore journal) throws InterruptedException {
    Spill spill = journal.open(0, loop).pages().spill();
    AtomicBoolean isTold = new AtomicBoolean();
    spill.onWritten(_ -> isTold.set(true));
    assertThat(spill.isOpen()).isFalse();
    loop.runUntil(isTold::get);
    assertThat(spill.isOpen()).isTrue();
    return spill;
  }

  private void awaitWritten(Spill spill) throws InterruptedException {
    awaitWrittenUnless(() -> false, spill);
  }

  private void awaitWrittenUnless(BooleanSupplier isEnough, Spill spill)
      throws InterruptedException {
    AtomicLong written = new AtomicLong(-1);
    spill.onWritten(written::set);
    spill.flush();
    loop.runUntil(() -> written.get() >= spill.position() || isEnough.getAsBoolean());
  }

  private Spill.Page[] read(Spill spill, long... pages) throws Exception {
    CompletableFuture<Spill.Page[]> read = new CompletableFuture<>();
    spill.read(pages, read::complete);
    return loop.await(read);
  }

  @Test
  void pagesAreReadBackUntilTheyAreForgotten() throws Exception {
    try (JournalStore journal = open()) {
      Spill spill = opened(journal);
      long first =
          spill.write(
              new Spill.Page(new long[] {7, 9}, new Message[] {message("a"), message("b")}));
      long second = spill.write(new Spill.Page(new long[] {10}, new Message[] {message("c")}));
      awaitWritten(spill);
      Spill.Page[] pages = read(spill, first, second);
      assertThat(pages[0].sequences()).containsExactly(7, 9);
      assertThat(pages[0].messages())
          .extracting(one -> one.body().toUtf8())
          .containsExactly("a", "b");
      assertThat(pages[1].messages()).hasSize(1);
      spill.forget(first);
      awaitWritten(spill);
      assertThat(read(spill, first, second))
          .satisfiesExactly(
              page -> assertThat(page).isNull(), page -> assertThat(page.sequences()).hasSize(1));
    }
  }

  @Test
  void thereAreNoFilesUntilTheyAreNeededAndNoneWhenTheNodeHasStopped() throws Exception {
    Path folder = data.resolve(SpillFiles.FOLDER);
    try (JournalStore journal = open()) {
      assertThat(folder).doesNotExist();
      awaitWrittenPage(opened(journal));
      assertThat(folder).isDirectory();
    }
    assertThat(folder).doesNotExist();
  }

  private void awaitWrittenPage(Spill spill) throws InterruptedException {
    spill.write(new Spill.Page(new long[] {1}, new Message[] {message("a")}));
    awaitWritten(spill);
  }

  @Test
  void whatARunThatWasKilledHasLeftIsDeletedByTheNext() throws Exception {
    Path folder = Files.createDirectories(data.resolve(SpillFiles.FOLDER));
    Files.writeString(folder.resolve("segment-0000000000000001.journal"), "left");
    Files.writeString(folder.resolve("journal.lock"), "");
    try (JournalStore journal = open()) {
      assertThat(folder).doesNotExist();
      awaitWrittenPage(opened(journal));
    }
  }

  @Test
  void whileTheDiskIsFullItTakesNoPagesAndSaysWhenItDoesAgain() throws Exception {
    Faults disk = new Faults(1).diskBytes(40 << 20); // of its segments two
    JournalOptions small = JournalOptions.defaults().withSegmentBytes(1 << 20);
    FaultyFiles files = new FaultyFiles(new RealFiles(), disk);
    try (JournalStore journal = JournalStore.open(data, small, files, _ -> {})) {
      Spill spill = opened(journal);
      int pages = 0;
      while (spill.isOpen()) {
        spill.write(new Spill.Page(new long[] {1}, new Message[] {message("x".repeat(512 << 10))}));
        awaitWrittenUnless(() -> !spill.isOpen(), spill);
        assertThat(++pages).as("what two segments hold").isLessThan(64);
      }
      AtomicBoolean takesPages = new AtomicBoolean();
      spill.onWritten(_ -> takesPages.set(spill.isOpen()));
      disk.diskBytes(Long.MAX_VALUE);
      loop.runUntil(takesPages::get);
      awaitWrittenPage(spill);
    }
  }

  @Test
  void aFailedWriteClosesItAndNotTheNodeAndWhatIsThereIsRead() throws Exception {
    Faults ofSpill = new Faults(1).onlyIn(SpillFiles.FOLDER);
    JournalOptions small = JournalOptions.defaults().withSegmentBytes(1 << 20);
    FaultyFiles files = new FaultyFiles(new RealFiles(), ofSpill);
    CompletableFuture<Throwable> failure = new CompletableFuture<>();
    try (JournalStore journal = JournalStore.open(data, small, files, failure::complete)) {
      Spill spill = opened(journal);
      long page = spill.write(new Spill.Page(new long[] {7}, new Message[] {message("a")}));
      awaitWritten(spill);
      ofSpill.fail(Faults.Operation.WRITE, 1);
      spill.write(new Spill.Page(new long[] {8}, new Message[] {message("b")}));
      spill.flush();
      loop.runUntil(() -> !spill.isOpen());
      assertThat(read(spill, page)[0].messages())
          .extracting(one -> one.body().toUtf8())
          .containsExactly("a");
      spill.forget(page);
      spill.flush();
      assertThat(journal.journal().isClosed()).isFalse();
    }
    assertThat(failure).as("what ends the node").isNotDone();
  }

  /** One that is soon tried again. */
  private SpillFiles patient(FileSystemSeam files) {
    return new SpillFiles(
        data, files, new GrowingPause(Duration.ofMillis(20), Duration.ofMillis(100)));
  }

  private Spill opened(SpillFiles files) throws InterruptedException {
    Spill spill = files.ofLoop(0, loop);
    loop.runUntil(spill::isOpen);
    return spill;
  }

  private long write(Spill spill, long sequence, String body) throws InterruptedException {
    long page = spill.write(new Spill.Page(new long[] {sequence}, new Message[] {message(body)}));
    awaitWritten(spill);
    return page;
  }

  /** The next write there fails; returns when it is open again. */
  private long failOnce(Spill spill, Faults disk) throws InterruptedException {
    long before = spill.openedAt();
    disk.fail(Faults.Operation.WRITE, 1);
    long page = spill.write(new Spill.Page(new long[] {99}, new Message[] {message("not there")}));
    long at = spill.position();
    spill.flush();
    loop.runUntil(() -> spill.openedAt() > before && spill.isOpen());
    assertThat(spill.openedAt()).as("not before what was not written").isGreaterThanOrEqualTo(at);
    return page;
  }

  @Test
  void afterAFailureItIsOpenedAgainAndPagesOfBeforeAreReadUntilTheyAreForgotten() throws Exception {
    Faults ofSpill = new Faults(1).onlyIn(SpillFiles.FOLDER);
    FaultyFiles disk = new FaultyFiles(new RealFiles(), ofSpill);
    try (var _ = disk.lock(data.resolve("node.lock"));
        SpillFiles files = patient(disk)) {
      Spill spill = opened(files);
      assertThat(files.trouble()).isEmpty();
      long first = write(spill, 1, "first");
      long second = write(spill, 2, "second");
      long lost = failOnce(spill, ofSpill);
      long third = write(spill, 3, "third");
      assertThat(read(spill, third, first, second))
          .extracting(page -> page.messages()[0].body().toUtf8())
          .as("in the order asked for, of both")
          .containsExactly("third", "first", "second");
      assertThat(volumes()).containsExactlyInAnyOrder("1", "2");
      spill.forget(first);
      spill.forget(lost);
      assertThat(read(spill, second)[0].messages()).hasSize(1);
      spill.forget(second);
      loop.runUntil(() -> volumes().equals(List.of("2")));
      assertThat(read(spill, third)[0].messages()).hasSize(1);
    }
    assertThat(data.resolve(SpillFiles.FOLDER)).doesNotExist();
  }

  private List<String> volumes() {
    try (var folders = Files.list(data.resolve(SpillFiles.FOLDER))) {
      return folders.map(it -> it.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aReadUnderWayKeepsOpenWhatItReads() throws Exception {
    Faults ofSpill = new Faults(1).onlyIn(SpillFiles.FOLDER);
    try (SpillFiles files = patient(new FaultyFiles(new RealFiles(), ofSpill))) {
      Spill spill = opened(files);
      long page = write(spill, 1, "x");
      long lost = failOnce(spill, ofSpill);
      CompletableFuture<Spill.Page[]> read = new CompletableFuture<>();
      spill.read(new long[] {page, lost}, read::complete);
      spill.forget(page);
      spill.forget(lost);
      assertThat(loop.await(read)).hasSize(2);
      loop.runUntil(() -> volumes().equals(List.of("2")));
    }
  }

  @Test
  void whyItIsClosedCanBeAskedUntilItIsOpenAgain() throws Exception {
    Faults ofSpill = new Faults(1).onlyIn(SpillFiles.FOLDER);
    FaultyFiles files = new FaultyFiles(new RealFiles(), ofSpill);
    GrowingPause never = new GrowingPause(Duration.ofDays(1), Duration.ofDays(2));
    try (SpillFiles spillFiles = new SpillFiles(data, files, never)) {
      Spill spill = opened(spillFiles);
      ofSpill.fail(Faults.Operation.WRITE, 1);
      spill.write(new Spill.Page(new long[] {1}, new Message[] {message("x")}));
      spill.flush();
      loop.runUntil(() -> !spill.isOpen());
      assertThat(spillFiles.trouble()).hasValueSatisfying(it -> assertThat(it).contains("WRITE"));
    }
  }

  @Test
  void moreThanAFewFailedVolumesAreNotKeptAndItGoesOnWhenOneIsEmpty() throws Exception {
    Faults ofSpill = new Faults(1).onlyIn(SpillFiles.FOLDER);
    try (SpillFiles files = patient(new FaultyFiles(new RealFiles(), ofSpill))) {
      Spill spill = opened(files);
      List<Long> pages = new ArrayList<>();
      for (int i = 1; i < SpillFiles.MOST_VOLUMES; i++) {
        pages.add(write(spill, i, "x"));
        spill.forget(failOnce(spill, ofSpill));
      }
      pages.add(write(spill, 1, "x"));
      ofSpill.fail(Faults.Operation.WRITE, 1);
      spill.forget(spill.write(new Spill.Page(new long[] {1}, new Message[] {message("x")})));
      spill.flush();
      loop.runUntil(() -> files.trouble().orElse("").startsWith("8 folders"));
      assertThat(volumes()).hasSize(SpillFiles.MOST_VOLUMES);
      assertThat(spill.isOpen()).isFalse();
      assertThat(read(spill, pages.getFirst())[0].messages()).hasSize(1);
      spill.forget(pages.getFirst());
      loop.runUntil(spill::isOpen);
      assertThat(write(spill, 1, "y")).isPositive();
    }
  }

  @Test
  void aLinkToAnotherDiskIsThereForTheNextRun() throws Exception {
    Path folder = data.resolve(SpillFiles.FOLDER);
    Path elsewhere = Files.createDirectories(data.resolve("elsewhere").resolve("1")).getParent();
    Files.createSymbolicLink(folder, elsewhere);
    try (JournalStore journal = open()) {
      awaitWrittenPage(opened(journal));
      assertThat(elsewhere.resolve("1")).isNotEmptyDirectory();
    }
    assertThat(folder).isSymbolicLink();
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void whatCannotBeOpenedForLackOfMemoryIsTriedAgain() throws Exception {
    AtomicInteger lacks = new AtomicInteger(2);
    AtomicInteger locks = new AtomicInteger();
    try (SpillFiles files = patient(withoutMemory(lacks, locks))) {
      assertThat(write(opened(files), 1, "x")).isPositive();
      assertThat(locks).as("those of what is not open are given back").hasValue(1);
    }
    assertThat(locks).hasValue(0);
    assertThat(data.resolve(SpillFiles.FOLDER)).doesNotExist();
  }

  /**
   * There is no memory to look into a volume for a while.
   *
   * @param lacks how often
   * @param locks counts those that somebody has
   */
  private static FileSystemSeam withoutMemory(AtomicInteger lacks, AtomicInteger locks) {
    RealFiles real = new RealFiles();
    return (FileSystemSeam)
        Proxy.newProxyInstance(
            FileSystemSeam.class.getClassLoader(),
            new Class<?>[] {FileSystemSeam.class},
            (_, method, arguments) -> {
              boolean isLook =
                  method.getName().equals("list") && arguments[0].toString().matches(".*\\d");
              if (isLook && locks.get() > 0 && lacks.getAndDecrement() > 0) {
                throw new OutOfMemoryError("Cannot reserve direct buffer memory");
              }
              try {
                Object answer = method.invoke(real, arguments);
                return answer instanceof AutoCloseable lock && method.getName().equals("lock")
                    ? counted(lock, locks)
                    : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static AutoCloseable counted(AutoCloseable lock, AtomicInteger locks) {
    locks.incrementAndGet();
    return () -> {
      locks.decrementAndGet();
      lock.close();
    };
  }

  @Test
  void aPauseGrowsUntilItHasWorkedForAWhile() {
    GrowingPause pause = new GrowingPause(Duration.ofSeconds(5), Duration.ofSeconds(12));
    assertThat(pause.after(Duration.ZERO)).hasSeconds(5);
    assertThat(pause.after(Duration.ofSeconds(1))).hasSeconds(10);
    assertThat(pause.after(Duration.ZERO)).hasSeconds(12);
    assertThat(pause.after(Duration.ofSeconds(11))).hasSeconds(12);
    assertThat(pause.after(Duration.ofSeconds(13))).hasSeconds(5);
    assertThat(pause.after(Duration.ZERO)).hasSeconds(10);
  }

  @Test
  void whatCannotBeDeletedThereKeepsNoNodeFromStarting() throws Exception {
    Path folder = data.resolve(SpillFiles.FOLDER);
    Files.createDirectories(folder.resolve("lost+found"));
    Path left = Files.writeString(folder.resolve("segment-0000000000000001.journal"), "left");
    try (JournalStore journal = open()) {
      assertThat(left).doesNotExist();
      awaitWrittenPage(opened(journal));
    }
    assertThat(folder).isDirectoryContaining(it -> it.endsWith("lost+found"));
  }

  @Test
  void whatCannotBeOpenedIsTriedAgain() throws Exception {
    Path inItsPlace = Files.writeString(data.resolve(SpillFiles.FOLDER), "a file");
    try (SpillFiles files = patient(new RealFiles())) {
      Spill spill = files.ofLoop(0, loop);
      AtomicBoolean isTold = new AtomicBoolean();
      spill.onWritten(_ -> isTold.set(true));
      Reported reported = new Reported();
      reported.start();
      Logger log = (Logger) LoggerFactory.getLogger(SpillFiles.class);
      log.addAppender(reported);
      try {
        assertThat(spill.isOpen()).isFalse();
        assertThat(reported.isLogged.await(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        log.detachAppender(reported);
      }
      assertThat(spill.isOpen()).isFalse();
      assertThat(files.trouble()).isPresent();
      Files.delete(inItsPlace);
      loop.runUntil(isTold::get);
      awaitWrittenPage(spill);
    }
  }

  /** Says that the first attempt is over. */
  private static final class Reported extends AppenderBase<ILoggingEvent> {
    private final CountDownLatch isLogged = new CountDownLatch(1);

    @Override
    protected void append(ILoggingEvent event) {
      isLogged.countDown();
    }
  }
}
