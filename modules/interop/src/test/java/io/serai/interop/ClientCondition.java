package io.serai.interop;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skips tests whose client is missing, or in CI fails them, and counts runs per client. */
final class ClientCondition implements ExecutionCondition, BeforeTestExecutionCallback {
  private static final Map<ThirdParty, Boolean> PRESENT = new EnumMap<>(ThirdParty.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      return ConditionEvaluationResult.enabled("decided per test");
    }
    List<String> missing = new ArrayList<>();
    for (ThirdParty client : clientsOf(context)) {
      if (!isPresent(client)) {
        missing.add(client.title() + " (" + client.howToGet() + ")");
      }
    }
    if (missing.isEmpty()) {
      return ConditionEvaluationResult.enabled("clients present");
    }
    String reason = "missing client: " + String.join(", ", missing);
    if (System.getenv("CI") != null) {
      return ConditionEvaluationResult.enabled("CI must not skip; " + reason);
    }
    clientsOf(context).forEach(ClientReport::skipped);
    System.out.println("SKIPPED " + context.getDisplayName() + ": " + reason);
    return ConditionEvaluationResult.disabled(reason);
  }

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    Set<ThirdParty> clients = clientsOf(context);
    for (ThirdParty client : clients) {
      if (!isPresent(client)) {
        throw new AssertionError(
            client.title() + " is missing in CI; get it by: " + client.howToGet());
      }
    }
    clients.forEach(ClientReport::ran);
  }

  private static synchronized boolean isPresent(ThirdParty client) {
    return PRESENT.computeIfAbsent(client, ThirdParty::isPresent);
  }

  private static Set<ThirdParty> clientsOf(ExtensionContext context) {
    Set<ThirdParty> clients = EnumSet.noneOf(ThirdParty.class);
    context
        .getTestMethod()
        .flatMap(method -> AnnotationSupport.findAnnotation(method, Uses.class))
        .ifPresent(uses -> clients.addAll(List.of(uses.value())));
    context
        .getTestClass()
        .flatMap(type -> AnnotationSupport.findAnnotation(type, Uses.class))
        .ifPresent(uses -> clients.addAll(List.of(uses.value())));
    return clients;
  }
}
