package io.serai.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FileReasonTest {
  @Test
  void aReasonIsInWordsAndNamesNoClass() {
    assertThat(FileReason.of(new AccessDeniedException("/data")))
        .isEqualTo("this user has no permission");
    assertThat(FileReason.of(new NoSuchFileException("/data"))).isEqualTo("it does not exist");
    assertThat(FileReason.of(new FileSystemException("/data", null, "Read-only file system")))
        .isEqualTo("Read-only file system");
    assertThat(FileReason.of(new IOException("Is a directory"))).isEqualTo("Is a directory");
  }
}
