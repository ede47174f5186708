package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.node.store.JournalStore;
import io.serai.routing.store.Store;
import io.serai.routing.stream.StreamLog;
import io.serai.routing.stream.StreamSettings;
import io.serai.routing.stream.StreamStore;
import io.serai.storage.file.RealFiles;
import io.serai.storage.journal.JournalOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreCommandTest {
  @TempDir Path folder;

  private CommandRun run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = Serai.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
    return new CommandRun(exitCode, out.toString(), err.toString());
  }

  private JournalStore open() throws Exception {
    JournalStore journal =
        JournalStore.open(
            folder, JournalOptions.defaults().withSegmentBytes(1 << 20), new RealFiles(), _ -> {});
    journal.recover();
    return journal;
  }

  @Test
  void whatIsStoredIsCounted() throws Exception {
    try (JournalStore journal = open()) {
      Store store = journal.open(0, Runnable::run);
      Message message =
          new Message(
              Address.ofQueue("q"),
              Encoding.Neutral.NONE,
              Body.ofUtf8("x"),
              Origin.ofBroker("/"),
              0);
      store.append(17, store.firstSequence(), message, null, false, 0);
      store.append(Store.RETAINED_OWNER, store.firstSequence(), message, null, false, 0);
      store.flush();
    }
    CommandRun check = run("store", "check", folder.toString());
    assertThat(check.exitCode()).isZero();
    assertThat(check.out()).startsWith("ok: 1 messages in 1 queues, 1 retained, 0 delayed");
    CommandRun stats = run("store", "stats", folder.toString());
    assertThat(stats.exitCode()).isZero();
    assertThat(stats.out()).contains("segment-").contains("ok: 1 messages");
  }

  @Test
  void streamsAreCountedAndTheirDamageIsFound() throws Exception {
    try (JournalStore journal = open()) {
      StreamStore streams = journal.openStreams(0, Runnable::run);
      StreamLog log = streams.open(17, StreamSettings.DEFAULT, _ -> {});
      Message message =
          new Message(
              Address.ofQueue("q"),
              Encoding.Neutral.NONE,
              Body.ofUtf8("x"),
              Origin.ofBroker("/"),
              0);
      log.append(message, 1, null);
      log.append(message, 2, null);
      streams.flush();
    }
    CommandRun stats = run("store", "stats", folder.toString());
    assertThat(stats.exitCode()).isZero();
    assertThat(stats.out())
        .contains("stream 17  messages 0 to 1 in 1 segments")
        .contains("; 2 messages in 1 streams");
    Path file = folder.resolve("streams/00000000000000000017/00000000000000000000.stream");
    byte[] bytes = Files.readAllBytes(file);
    bytes[150] ^= 1;
    Files.write(file, bytes);
    CommandRun check = run("store", "check", folder.toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out()).contains(file + " at byte 64: a chunk fails its checksum");
  }

  @Test
  void aFolderThatANodeHasIsLeftAlone() throws Exception {
    try (JournalStore _ = open()) {
      CommandRun run = run("store", "check", folder.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).contains("in use");
    }
  }

  @Test
  void whatIsNoFolderIsSaid() {
    CommandRun run = run("store", "check", folder.resolve("missing").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("is no folder");
  }
}
