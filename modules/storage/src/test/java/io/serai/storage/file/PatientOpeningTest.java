package io.serai.storage.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatientOpeningTest {
  private int attempts;

  private String opensAt(int attempt, String reason) throws IOException {
    if (++attempts < attempt) {
      throw new FileSystemException("segment", null, reason);
    }
    return "open";
  }

  @Test
  void aFileThatCannotBeOpenedForLackOfDescriptorsIsOpenedOnceThereAreSome() throws Exception {
    assertThat(PatientOpening.open(() -> opensAt(3, "Too many open files"), () -> false))
        .isEqualTo("open");
    assertThat(attempts).isEqualTo(3);
  }

  @Test
  void whatTheSystemSaysInAnotherLanguageIsThatWhenTheProcessHasAsManyAsItMay() throws Exception {
    String turkish = "Çok fazla açık dosya var";
    assertThat(PatientOpening.open(() -> opensAt(3, turkish), () -> true)).isEqualTo("open");
    assertThat(attempts).isEqualTo(3);
    assertThatThrownBy(() -> PatientOpening.open(() -> opensAt(5, turkish), () -> false))
        .hasMessageContaining(turkish);
    assertThat(attempts).isEqualTo(4);
  }

  @Test
  void whatHasAnExceptionOfItsOwnIsThatAlsoThen() {
    assertThatThrownBy(() ->
            PatientOpening.open(
                () -> {
                  attempts++;
                  throw new NoSuchFileException("segment");
                },
                () -> true))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(attempts).isEqualTo(1);
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

  @Test
  void whatTheSystemSaysInWordsThatAreKnownIsNoLackOfDescriptorsHoweverManyThereAre() {
    for (String words : List.of("No space left on device", "Input/output error")) {
      attempts = 0;
      assertThatThrownBy(() -> PatientOpening.open(() -> opensAt(5, words), () -> true))
          .hasMessageContaining(words);
      assertThat(attempts).isEqualTo(1);
    }
  }
}
