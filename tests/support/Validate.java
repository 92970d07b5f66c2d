import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.logging.LogManager;
import org.verapdf.core.EncryptedPdfException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/**
 * Validates many PDF files with veraPDF's engine in one virtual machine.
 *
 * Reads lines "profile,profile,… TAB file" (2a, 2b, 3a, ua1, …) and writes for each, in the same order, lines
 * "failed TAB profile TAB clause TAB test TAB what", "checks TAB profile TAB n", and, last, "end".
 */
public class Validate {
    private static final int MOST = 20; // failures of one rule that are told

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t", 2);
            try {
                validate(parts[0].split(","), parts[1], out);
            } catch (EncryptedPdfException error) {
                out.println("failed\tall\tencrypted\t0\tthe file is encrypted");
            } catch (Exception error) {
                out.println("failed\tall\tunreadable\t0\t" + plain(error.toString()));
            }
            out.println("end");
        }
    }

    private static void validate(String[] profiles, String file, PrintStream out) throws Exception {
        List<PDFAFlavour> flavours = new ArrayList<>();
        for (String profile : profiles) {
            flavours.add(PDFAFlavour.fromString(profile));
        }
        if (flavours.contains(PDFAFlavour.NO_FLAVOUR)) {
            throw new IllegalArgumentException("no such profile");
        }
        try (FileInputStream data = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(data, flavours.get(0));
                PDFAValidator validator =
                        Foundries.defaultInstance().createValidator(flavours, MOST, false, true, false)) {
            for (ValidationResult result : validator.validateAll(parser)) {
                String profile = result.getPDFAFlavour().getId();
                TreeSet<String> failed = new TreeSet<>();
                for (TestAssertion one : result.getTestAssertions()) {
                    if (one.getStatus() == TestAssertion.Status.FAILED) {
                        failed.add(one.getRuleId().getClause() + "\t" + one.getRuleId().getTestNumber() + "\t"
                                + plain(one.getErrorMessage() + " at " + one.getLocation().getContext()));
                    }
                }
                failed.forEach(one -> out.println("failed\t" + profile + "\t" + one));
                out.println("checks\t" + profile + "\t" + result.getTotalAssertions());
            }
        }
    }

    private static String plain(String text) {
        return text.replaceAll("\\s+", " ");
    }
}
