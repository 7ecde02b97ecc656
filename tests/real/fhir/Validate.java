import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Validates FHIR R4 resources, offline: `Validate PROFILES RESOURCES`, a folder of StructureDefinitions and a file with a resource a
 * line. Says each error as LINE, place, text, and at the end `done COUNT`.
 */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        FhirContext context = FhirContext.forR4();
        PrePopulatedValidationSupport profiles = new PrePopulatedValidationSupport(context);
        try (var files = Files.list(Path.of(arguments[0]))) {
            for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".json"))::iterator) {
                profiles.addStructureDefinition(
                        context.newJsonParser().parseResource(StructureDefinition.class, Files.readString(file)));
            }
        }
        FhirInstanceValidator instances = new FhirInstanceValidator(new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                profiles,
                new SnapshotGeneratingValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context),
                new InMemoryTerminologyServerValidationSupport(context)));
        FhirValidator validator = context.newValidator().registerValidatorModule(instances);
        List<String> resources = Files.readAllLines(Path.of(arguments[1]));
        for (int line = 0; line < resources.size(); line++) {
            for (SingleValidationMessage message : validator.validateWithResult(resources.get(line)).getMessages()) {
                if (message.getSeverity().ordinal() < ResultSeverityEnum.ERROR.ordinal()) continue;
                // Code systems that cannot be had offline (DCM) are nobody's mistake.
                if (message.getMessage().contains("CodeSystem is unknown")) continue;
                System.out.println(String.join("\t", String.valueOf(line), String.valueOf(message.getLocationString()),
                        message.getMessage().replaceAll("\\s+", " ")));
            }
        }
        System.out.println("done\t" + resources.size());
    }
}
