package io.serai.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class PatientOpeningTest {
  private int attempts;

  private String opensAt(int attempt) throws IOException {
    if (++attempts < attempt) {
      throw new FileSystemException("segment", null, "Too many open files");
    }
    return "open";
  }

  @Test
  void aFileThatCannotBeOpenedForLackOfDescriptorsIsOpenedOnceThereAreSome() throws Exception {
    assertThat(PatientOpening.open(() -> opensAt(3))).isEqualTo("open");
    assertThat(attempts).isEqualTo(3);
  }

  @Test
  void anyOtherErrorIsOneAtOnce() {
    assertThatThrownBy(() ->
            PatientOpening.open(() -> {
              attempts++;
              throw new FileSystemException("segment", null, "Permission denied");
            }))
        .hasMessageContaining("Permission denied");
    assertThat(attempts).isEqualTo(1);
  }
}
