import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.server.SystemLauncher;
import org.apache.qpid.server.SystemLauncherListener;

/** Runs Qpid Broker-J with everything in memory: arguments are its folder and its AMQP port. */
public final class Broker {
  private static final String INITIAL =
      """
      {
        "name": "bench",
        "modelVersion": "9.0",
        "authenticationproviders": [{
          "name": "plain",
          "type": "Plain",
          "secureOnlyMechanisms": [],
          "users": [{"name": "guest", "type": "managed", "password": "guest"}]
        }],
        "ports": [{
          "name": "amqp",
          "port": %s,
          "bindingAddress": "127.0.0.1",
          "authenticationProvider": "plain",
          "virtualhostaliases": [
            {"name": "named", "type": "nameAlias"},
            {"name": "default", "type": "defaultAlias"}
          ]
        }],
        "virtualhostnodes": [{
          "name": "default",
          "type": "Memory",
          "defaultVirtualHostNode": "true",
          "virtualHostInitialConfiguration": "{\\"type\\": \\"Memory\\"}"
        }]
      }
      """;

  private Broker() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Path initial = Files.writeString(folder.resolve("initial.json"), INITIAL.formatted(args[1]));
    Map<String, Object> system = new HashMap<>();
    system.put("type", "Memory");
    system.put("initialConfigurationLocation", initial.toUri().toString());
    system.put("startupLoggedToSystemOut", "false");
    system.put("context", Map.of("qpid.work_dir", folder.toString()));
    new SystemLauncher(new SystemLauncherListener.DefaultSystemLauncherListener()).startup(system);
    Thread.currentThread().join();
  }
}
