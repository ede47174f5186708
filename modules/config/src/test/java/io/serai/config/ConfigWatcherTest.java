package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatcherTest {
  @TempDir Path folder;
  private Path main;
  private Path included;
  private Path optional;
  private LoadRequest request;

  @BeforeEach
  void writeFiles() throws IOException {
    main = folder.resolve("serai.conf");
    included = folder.resolve("routing.conf");
    optional = folder.resolve("mine.local.conf");
    Files.writeString(main, "include \"routing.conf\"\ninclude \"mine.local.conf\"\n");
    Files.writeString(included, "vhosts.\"/\".queues.a { }\n");
    request = Load.DEFAULTS.withFile(main);
  }

  private ConfigWatcher watcher() {
    return new ConfigWatcher(Load.validResult(request).files());
  }

  @Test
  void filesThatStayAsTheyAreAreNoChange() {
    ConfigWatcher watcher = watcher();
    assertThat(watcher.poll()).isEmpty();
    assertThat(watcher.poll()).isEmpty();
  }

  @Test
  void aChangedIncludeIsToldOnceItHasSettled() throws IOException {
    ConfigWatcher watcher = watcher();
    watcher.poll();
    Files.writeString(included, "vhosts.\"/\".queues.b { }  # half");
    assertThat(watcher.poll()).as("just written").isEmpty();
    Files.writeString(included, "vhosts.\"/\".queues.b { }  # whole file");
    assertThat(watcher.poll()).as("written again meanwhile").isEmpty();
    assertThat(watcher.poll()).containsExactly(included);
    assertThat(watcher.poll()).as("told once").isEmpty();
  }

  @Test
  void aFileThatTheConfigurationNamesCounts() throws IOException {
    Path secret = folder.resolve("plant.secret");
    Files.writeString(secret, "old");
    Files.writeString(
        main, "users.plant { password-file = plant.secret, permissions.\"/\" { read = x } }\n");
    ConfigWatcher watcher = watcher();
    watcher.poll();
    Files.writeString(secret, "new one");
    assertThat(watcher.poll()).as("just written").isEmpty();
    assertThat(watcher.poll()).containsExactly(secret);
  }

  @Test
  void aFileThatChangesWhileTheConfigurationThatNamesItIsReadCounts() throws IOException {
    Path secret = folder.resolve("plant.secret");
    Files.writeString(secret, "old");
    ReadContext load = new ReadContext(folder);
    load.name(secret);
    Files.writeString(secret, "new one");
    load.name(secret);
    ConfigWatcher watcher = new ConfigWatcher(FileStamps.none().and(load.named()));
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(secret);
  }

  @Test
  void aTouchedFileIsNoChange() throws IOException {
    ConfigWatcher watcher = watcher();
    watcher.poll();
    Files.setLastModifiedTime(main, FileTime.fromMillis(1));
    assertThat(watcher.poll()).isEmpty();
    assertThat(watcher.poll()).isEmpty();
  }

  @Test
  void aChangeOfTheSameLengthIsSeen() throws IOException {
    ConfigWatcher watcher = watcher();
    watcher.poll();
    Files.writeString(included, "vhosts.\"/\".queues.b { }\n");
    Files.setLastModifiedTime(included, FileTime.fromMillis(1));
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(included);
  }

  @Test
  void anOptionalFileThatAppearsAndAFileThatVanishesAreChanges() throws IOException {
    ConfigWatcher watcher = watcher();
    Files.writeString(optional, "log.level = debug");
    Files.delete(included);
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(optional, included);
  }

  @Test
  void aChangeBetweenLoadAndFirstPollIsSeen() throws IOException {
    ConfigWatcher watcher = watcher();
    Files.writeString(included, "vhosts.\"/\".queues.c { }\n");
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(included);
  }

  @Test
  void afterALoadItsFilesAreWatchedAlsoWhenItWasInvalid() throws IOException {
    ConfigWatcher watcher = watcher();
    Path fresh = folder.resolve("fresh.conf");
    Files.writeString(fresh, "");
    Files.writeString(included, "include \"fresh.conf\"\nnonsense = 1");
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(included);
    ConfigResult result = new ConfigLoader().load(request);
    assertThat(result).isInstanceOf(ConfigResult.Invalid.class);
    watcher.onLoaded(result.files());
    assertThat(watcher.poll()).isEmpty();
    Files.writeString(fresh, "log.level = debug");
    watcher.poll();
    assertThat(watcher.poll()).containsExactly(fresh);
  }

  @Test
  void aNodeWithoutFilesHasNothingToWatch() {
    assertThat(new ConfigWatcher(FileStamps.none()).poll()).isEmpty();
  }
}
