package io.serai.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CoAP clients may do what the permissions of their user say; steps in coap_access.py. */
class CoapAccessIT {
  @TempDir Path folder;

  @Test
  @Uses(ThirdParty.LIBCOAP)
  void aUserMayDoWhatItsPermissionsSay() throws Exception {
    Path conf = folder.resolve("coap.conf");
    Files.writeString(
        conf,
        """
        users {
          guest = null
          plant {
            password = secret
            permissions."/" {
              configure = "^coap-observer-"
              write = "^(coap-observer-|amq\\\\.topic$)"
              read = "^(coap-observer-|amq\\\\.topic$)"
              topics."amq.topic" { write = "^plant\\\\.", read = "^plant\\\\." }
            }
          }
        }
        """);
    try (SeraiProcess node = SeraiProcess.start("--conf", conf.toString())) {
      Scripts.python(node, "coap_access", "a_user_may_do_what_its_permissions_say");
    }
  }
}
