package io.serai.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.node.store.JournalStore;
import io.serai.routing.store.FactKind;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
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
      assertThat(run.err()).contains("in use");
    }
  }

  @Test
  void whatIsNoFolderIsSaid() {
    CommandRun run = run("store", "check", folder.resolve("missing").toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("there is no such folder");
  }

  @Test
  void whatNoNodeHasRunOnIsSaidAndLeftAlone() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Path target = folder.resolve("target");
    for (String[] line :
        new String[][] {{"check"}, {"stats"}, {"export", "" + target}, {"backup", "" + target}}) {
      List<String> words = new ArrayList<>(List.of("store", line[0], empty.toString()));
      words.addAll(List.of(line).subList(1, line.length));
      CommandRun run = run(words.toArray(String[]::new));
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(empty + " is no data folder of a node");
    }
    assertThat(empty).isEmptyDirectory();
    assertThat(target).doesNotExist();
  }

  @Test
  void anExportThatIsNotThereIsSaid() {
    CommandRun run = run("store", "import", folder.resolve("new").toString(), "none.json");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err().strip()).isEqualTo("none.json: it does not exist");
  }

  private static Message message(String body) {
    return new Message(
        Address.ofQueue("q"), Encoding.Neutral.NONE, Body.ofUtf8(body), Origin.ofBroker("/"), 7);
  }

  /** One message of two queues, one of one, and a fact. */
  private void fill() throws Exception {
    try (JournalStore journal = open()) {
      Store store = journal.open(0, Runnable::run);
      Message shared = message("shared");
      store.append(17, store.firstSequence(), shared, null, false, 0);
      store.append(18, store.firstSequence() + 4, shared, null, true, 0);
      store.append(17, store.firstSequence() + 1, message("own ü"), null, false, 0);
      store.append(Store.DELAYED_OWNER, store.firstSequence(), message("late"), null, false, 99);
      store.put(FactKind.QUEUE, new byte[] {1, -1}, new byte[] {2});
      store.flush();
    }
  }

  @Test
  void whatIsExportedAndImportedIsTheSame() throws Exception {
    fill();
    Path file = folder.resolveSibling(folder.getFileName() + ".json");
    Path second = folder.resolveSibling(folder.getFileName() + "-copy.json");
    Path copy = folder.resolve("copy");
    CommandRun exported = run("store", "export", folder.toString(), file.toString());
    assertThat(exported.out()).startsWith("ok: 2 facts, 3 messages in 4 places");
    String text = Files.readString(file);
    assertThat(text).contains("\"routing_key\":\"q\"").contains("\"fact\":\"queue\"");
    assertThat(text).contains(Base64.getEncoder().encodeToString("shared".getBytes(UTF_8)));
    CommandRun imported = run("store", "import", copy.toString(), file.toString());
    assertThat(imported.out()).startsWith("ok: 2 facts, 3 messages in 4 places");
    assertThat(run("store", "check", copy.toString()).exitCode()).isZero();
    run("store", "export", copy.toString(), second.toString());
    assertThat(Files.readAllLines(second))
        .containsExactlyInAnyOrderElementsOf(Files.readAllLines(file));
    CommandRun again = run("store", "import", copy.toString(), file.toString());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("is not empty");
    assertThat(run("store", "export", folder.toString(), file.toString()).err())
        .contains("a file of that name is in the way");
  }

  @Test
  void aFileThatIsNotWholeIsRefusedWithItsLineAndNothingIsWritten() throws Exception {
    fill();
    Path file = folder.resolveSibling(folder.getFileName() + ".json");
    run("store", "export", folder.toString(), file.toString());
    List<String> lines = Files.readAllLines(file);
    Path copy = folder.resolve("copy");
    Path broken = folder.resolveSibling(folder.getFileName() + "-broken.json");
    Map<String, List<String>> cases =
        Map.of(
            "no end", lines.subList(0, lines.size() - 1),
            ":1: an export of version 9", List.of("{\"serai_export\":9}"),
            ":1: no \"serai_export\"", lines.subList(1, lines.size()),
            ":2: ",
                List.of(lines.getFirst(), lines.get(1).replace("\"value\":\"", "\"value\":\"!")),
            "were written", List.of(lines.getFirst(), lines.getLast()));
    for (Map.Entry<String, List<String>> one : cases.entrySet()) {
      Files.write(broken, one.getValue());
      CommandRun refused = run("store", "import", copy.toString(), broken.toString());
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.err()).contains(one.getKey());
      assertThat(copy).doesNotExist();
    }
  }

  @Test
  void whatCannotBeAnExportIsSaidToBeNone() throws Exception {
    Path target = folder.resolve("target");
    Path binary = Files.write(folder.resolve("binary"), new byte[] {-1, -2, -3});
    Path text = Files.writeString(folder.resolve("text"), "hello");
    Map<Path, String> cases =
        Map.of(
            folder, folder + " is a folder",
            binary, binary + " is no text in UTF-8",
            text, text + ":1: ");
    cases.forEach((file, message) -> {
      CommandRun run = run("store", "import", target.toString(), file.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains(message).hasLineCount(1);
      assertThat(target).doesNotExist();
    });
  }

  @Test
  void anImportOrABackupThatEndedInTheMiddleIsNotTakenForAWhole() throws Exception {
    fill();
    Path file = folder.resolveSibling(folder.getFileName() + ".json");
    run("store", "export", folder.toString(), file.toString());
    Path target = folder.resolve("target");
    run("store", "import", target.toString(), file.toString());
    Files.createFile(target.resolve("unfinished")); // as it is while it goes on
    for (String[] command :
        new String[][] {
          {"store", "check", target.toString()},
          {"store", "export", target.toString(), folder.resolve("again.json").toString()},
          {"store", "backup", target.toString(), folder.resolve("copy").toString()},
          {"store", "import", target.toString(), file.toString()}
        }) {
      CommandRun run = run(command);
      assertThat(run.exitCode()).as(command[1]).isEqualTo(1);
      assertThat(run.err())
          .as(command[1])
          .contains("an import or a backup into " + target + " has not ended")
          .contains("delete the folder");
    }
  }

  @Test
  void aFileThatABackupCannotReadIsNamed(@TempDir Path elsewhere) throws Exception {
    fill();
    Path unreadable = folder.resolve("journal").resolve("loop");
    Files.createSymbolicLink(unreadable, unreadable);
    CommandRun run = run("store", "backup", folder.toString(), elsewhere.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).startsWith(unreadable + ": ");
  }

  @Test
  void anExportThatFailsLeavesNoFile() throws Exception {
    fill();
    Path file = folder.resolve("export.json");
    try (JournalStore _ = open()) {
      CommandRun run = run("store", "export", folder.toString(), file.toString());
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("nothing is left of " + file, "in use by another process");
    }
    assertThat(file).doesNotExist();
    Path nowhere = folder.resolve("nowhere").resolve("export.json");
    assertThat(run("store", "export", folder.toString(), nowhere.toString()).err())
        .contains(nowhere + " cannot be made: it does not exist");
  }

  @Test
  void anExportOfWhatIsDamagedSaysWhereAndWhatToDo() throws Exception {
    fill();
    try (JournalStore _ = open()) {
      // so that the first segment is sealed, and its messages are not looked at by a start
    }
    Path segment = folder.resolve("journal").resolve("segment-0000000000000001.journal");
    byte[] bytes = Files.readAllBytes(segment);
    int at = new String(bytes, ISO_8859_1).indexOf("shared");
    bytes[at] ^= 1;
    Files.write(segment, bytes);
    Path file = folder.resolve("export.json");
    CommandRun run = run("store", "export", folder.toString(), file.toString());
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err())
        .contains(segment.toString(), "fails its checksum", "accept-damage")
        .doesNotContain("Exception");
    assertThat(file).doesNotExist();
    CommandRun check = run("store", "check", folder.toString());
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out()).contains("damaged: " + segment, "damaged: 3 messages in 2 queues");
  }

  @Test
  void aFolderOfANewerFormatIsRefusedAndABackupIntoItselfToo() throws Exception {
    fill();
    CommandRun inside =
        run("store", "backup", folder.toString(), folder.resolve("journal/copy").toString());
    assertThat(inside.exitCode()).isEqualTo(1);
    assertThat(inside.err()).contains("is in the data folder itself");
    Files.writeString(folder.resolve("format"), "serai data format 9\n");
    CommandRun newer = run("store", "check", folder.toString());
    assertThat(newer.exitCode()).isEqualTo(1);
    assertThat(newer.err()).contains("was written by a newer Serai: format 9");
  }
}
