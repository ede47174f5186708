package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path temp;

  @Test
  void aMissingFolderIsCreatedAndNotesWhoHasIt() throws IOException {
    Path folder = temp.resolve("a/b");
    try (DataFolder _ = DataFolder.open(folder)) {
      assertThat(folder.resolve("lock")).hasContent(ProcessHandle.current().pid() + "\n");
    }
  }

  @Test
  void aSecondNodeOffOneFolderIsRefusedAndToldWhoHasIt() {
    try (DataFolder _ = DataFolder.open(temp)) {
      assertThatThrownBy(() -> DataFolder.open(temp))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining(temp.toString())
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("--data");
    }
  }

  @Test
  void aClosedFolderCanBeOpenedAgain() {
    DataFolder.open(temp).close();
    DataFolder.open(temp).close();
    assertThat(temp.resolve("format")).hasContent("serai data format " + DataFolder.FORMAT + "\n");
  }

  @Test
  void aLockFileLeftByADeadProcessDoesNotMatter() throws IOException {
    Files.writeString(temp.resolve("lock"), "999999\n");
    DataFolder.open(temp).close();
  }

  @Test
  void dataOfANewerProgramIsRefused() throws IOException {
    Files.writeString(temp.resolve("format"), "serai data format 7\n");
    assertThatThrownBy(() -> DataFolder.open(temp))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("newer")
        .hasMessageContaining("format 7");
  }

  @Test
  void aRefusalGivesTheLockBack() throws IOException {
    Files.writeString(temp.resolve("format"), "something else\n");
    assertThatThrownBy(() -> DataFolder.open(temp)).hasMessageContaining("damaged");
    Files.delete(temp.resolve("format"));
    DataFolder.open(temp).close();
  }

  @Test
  void aFileInPlaceOfTheFolderIsToldWithTheKeyToChange() throws IOException {
    Path file = Files.createFile(temp.resolve("data"));
    assertThatThrownBy(() -> DataFolder.open(file))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("node.data-dir");
  }

  @Test
  void theSaltSecretIsMadeOnceAndForTheOwnerOnly() throws Exception {
    byte[] made;
    try (DataFolder folder = DataFolder.open(temp)) {
      made = folder.saltSecret().bytes();
      assertThat(folder.saltSecret().bytes()).isEqualTo(made);
    }
    try (DataFolder folder = DataFolder.open(temp)) {
      assertThat(folder.saltSecret().bytes()).isEqualTo(made);
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(temp.resolve("salt-secret"))))
        .isEqualTo("rw-------");
    Files.write(temp.resolve("salt-secret"), new byte[7]);
    try (DataFolder folder = DataFolder.open(temp)) {
      assertThatThrownBy(folder::saltSecret).hasMessageContaining("damaged: 7 bytes");
    }
  }
}
