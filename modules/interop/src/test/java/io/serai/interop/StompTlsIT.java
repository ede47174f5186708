package io.serai.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** STOMP over TLS with stomp.py; the steps are in src/test/python/stomp_tls.py. */
@Uses(ThirdParty.STOMP_PY)
class StompTlsIT {
  @TempDir Path folder;
  private SeraiProcess node;
  private Path server;
  private Path client;

  @BeforeEach
  void startNode() throws Exception {
    server =
        SelfSigned.certificate(folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost");
    client = SelfSigned.certificate(folder, "client", "/CN=robot", "extendedKeyUsage=clientAuth");
    Path conf = folder.resolve("tls.conf");
    Files.writeString(
        conf,
        """
        tls {
          certificate-file = "server.crt", key-file = "server.key"
          client-ca-file = "client.crt", client-certificate = request
        }
        listeners.stomp-tls { enabled = true, port = 0, anonymous = off }
        users.robot {
          password = unused
          permissions."/" { configure = "^robots\\\\.", write = ".*", read = ".*" }
        }
        """);
    node = SeraiProcess.start("--conf", conf.toString());
  }

  @AfterEach
  void stopNode() {
    node.close();
  }

  private void run(String function) throws Exception {
    Scripts.python(
        node,
        "stomp_tls",
        function,
        Integer.toString(node.port("stomp-tls")),
        server.toString(),
        client.toString(),
        folder.resolve("client.key").toString());
  }

  @Test
  void everyVersionOverTls() throws Exception {
    run("every_version");
  }

  @Test
  void aClientCertificateIsALogin() throws Exception {
    run("a_certificate_is_a_login");
  }

  @Test
  void whoHasNeitherCertificateNorPasswordIsRefused() throws Exception {
    run("neither_is_refused");
  }
}
