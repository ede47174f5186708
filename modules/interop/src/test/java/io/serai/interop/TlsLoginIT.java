package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in with a certificate over TLS; the steps are in src/test/python/tls_login.py. */
@Uses(ThirdParty.PIKA)
class TlsLoginIT {
  @TempDir Path folder;

  @Test
  void pikaLogsInWithACertificateBySaslExternal() throws Exception {
    Path server = certificate("server", "/CN=localhost", "subjectAltName=DNS:localhost");
    Path client = certificate("client", "/CN=robot", "extendedKeyUsage=clientAuth");
    Path conf = folder.resolve("tls.conf");
    Files.writeString(
        conf,
        """
        tls {
          certificate-file = "server.crt", key-file = "server.key"
          client-ca-file = "client.crt", client-certificate = request
        }
        listeners.amqp-tls { enabled = true, port = 0 }
        users.robot {
          password = unused
          permissions."/" { configure = "^amq\\\\.gen", write = ".*", read = ".*" }
        }
        """);
    try (SeraiProcess node = SeraiProcess.start("--conf", conf.toString())) {
      Scripts.python(
          node,
          "tls_login",
          "external",
          Integer.toString(node.port("amqp-tls")),
          server.toString(),
          client.toString(),
          folder.resolve("client.key").toString());
    }
  }

  /** A certificate that signs itself, with its key beside it. */
  private Path certificate(String name, String subject, String extension) throws Exception {
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
