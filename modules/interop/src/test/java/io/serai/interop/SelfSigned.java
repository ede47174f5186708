package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;

/** Certificates that sign themselves. */
final class SelfSigned {
  private SelfSigned() {}

  /**
   * Makes {@code NAME.crt}, with its key beside it in {@code NAME.key}.
   *
   * @param extension such as {@code subjectAltName=DNS:localhost}
   */
  static Path certificate(Path folder, String name, String subject, String extension)
      throws Exception {
    Path certificate = folder.resolve(name + ".crt");
    Finished made =
        Finished.of(
            new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "30",
                "-subj",
                subject,
                "-addext",
                extension,
                "-keyout",
                folder.resolve(name + ".key").toString(),
                "-out",
                certificate.toString()),
            60,
            Map.of(),
            "");
    assertThat(made.exitCode()).as(made.all()).isZero();
    return certificate;
  }
}
