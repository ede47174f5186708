package io.serai.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logging in with a certificate over TLS; the steps are in src/test/python/tls_login.py. */
@Uses(ThirdParty.PIKA)
class TlsLoginIT {
  @TempDir Path folder;

  @Test
  void pikaLogsInWithACertificateBySaslExternal() throws Exception {
    Path server =
        SelfSigned.certificate(folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost");
    Path client =
        SelfSigned.certificate(folder, "client", "/CN=robot", "extendedKeyUsage=clientAuth");
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
}
