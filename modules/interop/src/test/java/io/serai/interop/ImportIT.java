package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code serai store import} that is killed, and the one after it. */
class ImportIT {
  private static final int MESSAGES = 40_000;

  private Path folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("serai-import");
  }

  @AfterEach
  void removeFolder() throws IOException {
    Folders.delete(folder);
  }

  private Path export() throws Exception {
    Path data = folder.resolve("data");
    Path file = folder.resolve("export.json");
    try (SeraiProcess node = SeraiProcess.start(data);
        Connection connection = JavaClient.connect(node)) {
      Channel channel = connection.createChannel();
      channel.queueDeclare("deep", true, false, false, Map.of());
      NumberedMessages.publish(
          channel, "", "deep", MessageProperties.PERSISTENT_BASIC, 0, MESSAGES);
    }
    Finished exported = SeraiProcess.run("store", "export", data.toString(), file.toString());
    assertThat(exported.exitCode()).as(exported.errors()).isZero();
    return file;
  }

  /** Kills it with SIGKILL when it has begun to write, and before it ends. */
  private static void killImport(Path target, Path file) throws Exception {
    int tries = 1;
    while (!isKilledInTime(target, file)) { // a busy machine may let it end, not every time
      assertThat(++tries).as("imports that ended").isLessThan(5);
      Folders.delete(target);
    }
  }

  private static boolean isKilledInTime(Path target, Path file) throws Exception {
    String launcher = SeraiProcess.home().resolve("serai").toString();
    Process process =
        new ProcessBuilder(launcher, "store", "import", target.toString(), file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path mark = target.resolve("unfinished");
    while (process.isAlive() && !Files.exists(mark)) {
      TimeUnit.MILLISECONDS.sleep(2);
    }
    process.destroyForcibly();
    assertThat(process.waitFor()).as("exit code").isIn(0, 137);
    return Files.exists(mark);
  }

  @Test
  void aKilledImportIsNoDataFolderAndTheNextOneIsWhole() throws Exception {
    Path file = export();
    Path target = folder.resolve("target");
    killImport(target, file);
    String notWhole = "an import or a backup into " + target + " has not ended";
    assertThatThrownBy(() -> SeraiProcess.start(target).close()).hasMessageContaining(notWhole);
    for (String command : new String[] {"check", "stats", "export"}) {
      Path made = folder.resolve("again.json");
      Finished run =
          command.equals("export")
              ? SeraiProcess.run("store", command, target.toString(), made.toString())
              : SeraiProcess.run("store", command, target.toString());
      assertThat(run.exitCode()).as(command).isEqualTo(1);
      assertThat(run.errors()).as(command).contains(notWhole);
    }
    Finished again = SeraiProcess.run("store", "import", target.toString(), file.toString());
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.errors()).contains(notWhole, "delete the folder");
    Folders.delete(target);
    Finished whole = SeraiProcess.run("store", "import", target.toString(), file.toString());
    assertThat(whole.exitCode()).as(whole.errors()).isZero();
    try (SeraiProcess node = SeraiProcess.start(target);
        Connection connection = JavaClient.connect(node)) {
      NumberedMessages.consume(connection, "deep", 0, MESSAGES);
    }
  }
}
