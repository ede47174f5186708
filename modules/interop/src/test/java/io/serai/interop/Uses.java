package io.serai.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Names the third-party clients a test class or method drives. A missing client skips the test with
 * its reason, and fails it in CI; both are counted per client (see {@link ClientReport}).
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClientCondition.class)
@interface Uses {
  ThirdParty[] value();
}
