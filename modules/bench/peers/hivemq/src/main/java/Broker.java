import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs HiveMQ with everything in memory: arguments are its folder and its MQTT port. */
public final class Broker {
  private static final String CONFIG =
      """
      <?xml version="1.0"?>
      <hivemq>
        <listeners>
          <tcp-listener><port>%s</port><bind-address>127.0.0.1</bind-address></tcp-listener>
        </listeners>
        <persistence><mode>in-memory</mode></persistence>
        <mqtt>
          <queued-messages><max-queue-size>100000</max-queue-size></queued-messages>
          <receive-maximum><server-receive-maximum>65535</server-receive-maximum></receive-maximum>
        </mqtt>
        <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
      </hivemq>
      """;

  private Broker() {}

  /** Lets everybody in. */
  private static final class Open implements ExtensionMain {
    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      SimpleAuthenticator open = (request, answer) -> answer.authenticateSuccessfully();
      Services.securityRegistry().setAuthenticatorProvider(unused -> open);
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(conf.resolve("config.xml"), CONFIG.formatted(args[1]));
    EmbeddedExtension open =
        EmbeddedExtension.builder()
            .withId("open")
            .withName("open")
            .withVersion("1")
            .withExtensionMain(new Open())
            .build();
    EmbeddedHiveMQ.builder()
        .withConfigurationFolder(conf)
        .withDataFolder(Files.createDirectories(folder.resolve("data")))
        .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
        .withEmbeddedExtension(open)
        .build()
        .start()
        .join();
    Thread.currentThread().join();
  }
}
